/** Static files: the model runs in the page. */
export default { output: "export", turbopack: { root: import.meta.dirname } };
