// Counts the bytes of every typed array that is made after this module is imported, freed or not: import it first.
let made = 0;

for (const name of ["Float32Array", "Float64Array", "Int32Array", "Uint32Array", "Uint8Array", "ArrayBuffer"]) {
  const plain = globalThis[name];
  globalThis[name] = new Proxy(plain, {
    construct(target, args, newTarget) {
      const array = Reflect.construct(target, args, newTarget === globalThis[name] ? target : newTarget);
      // A view of memory that is there takes none.
      if (!(args[0] instanceof ArrayBuffer)) made += array.byteLength;
      return array;
    },
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if ((key !== "from" && key !== "of") || typeof value !== "function") return value;
      return (...args) => {
        const array = value.apply(target, args);
        made += array.byteLength;
        return array;
      };
    },
  });
}

/** Bytes of typed arrays made so far. */
export const madeBytes = () => made;
