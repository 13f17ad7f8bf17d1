// libp2p 3 uses Promise.withResolvers, which Node.js has from 22 on. Imported before it, this is all that Node.js 20 lacks.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((a, b) => { resolve = a; reject = b; });
  return { promise, resolve, reject };
};
