import t from 'tap'
import { Message } from '../../../lib/report/pprof/wire.ts'

const hex = (message: Message) => Buffer.from(message.bytes).toString('hex')

// From the description of the encoding that Protocol Buffers has.
t.test('messages are written as their own description shows', async t => {
  t.equal(hex(new Message().number(1, 150)), '089601')
  t.equal(hex(new Message().text(2, 'testing')), '120774657374696e67')
  t.equal(hex(new Message().message(3, new Message().number(1, 150))), '1a03089601')
  t.equal(hex(new Message().numbers(6, [3, 270, 86_942])), '3206038e029ea705')
})

t.test('numbers of any size are written to their last bit', async t => {
  t.equal(hex(new Message().number(1, 0)), '0800')
  t.equal(hex(new Message().number(1, 127)), '087f')
  t.equal(hex(new Message().number(1, 128)), '088001')
  t.equal(hex(new Message().number(1, 2 ** 53 - 1)), '08ffffffffffffff0f')
  t.equal(hex(new Message().big(1, 2n ** 53n - 1n)), '08ffffffffffffff0f')
  t.equal(hex(new Message().big(1, 2n ** 63n - 1n)), '08ffffffffffffffff7f')
})

t.test('a field beyond the fifteenth takes a second byte, and a text counts its bytes', async t => {
  t.equal(hex(new Message().number(16, 1)), '800101')
  t.equal(hex(new Message().text(1, 'ä😀')), '0a06c3a4f09f9880')
})
