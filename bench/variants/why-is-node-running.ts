await import('why-is-node-running')
