import t from 'tap'
import { element, htmlOf } from '../../../lib/report/html/markup.ts'

t.test('text is text wherever it stands', async t => {
  t.equal(htmlOf(element('p', { title: '"a" & \'b\'' }, '<b>', element('b', {}, 'c'), ['d', '>'])), '<p title="&quot;a&quot; &amp; &#39;b&#39;">&lt;b&gt;<b>c</b>d&gt;</p>')
})

t.test('what drives a screen or is no character is spelled out', async t => {
  t.equal(htmlOf('a\nb\x1b\u202e\ufffe\u{1ffff}\ud800'), 'a\\nb\\x1b\\u{202e}\\u{fffe}\\u{1ffff}\\u{d800}')
})

t.test('an attribute that is null is left out, and an element that can hold nothing has no end', async t => {
  t.equal(htmlOf(element('meta', { id: null, charset: 'utf-8' })), '<meta charset="utf-8">')
})

t.test('what was read from a file is no HTML, whatever it is called', async t => {
  const read: any = JSON.parse('{"html":"<b>","made":"<b>"}')
  t.throws(() => htmlOf(read))
  t.throws(() => element('p', { id: read }))
})
