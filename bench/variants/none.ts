// The same program without leakwatch: an empty preload, since --import itself costs something.
export {}
