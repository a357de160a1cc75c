const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const adapter = await navigator.gpu?.requestAdapter();

worker.onmessage = ({ data }) => {
  document.querySelector('pre').textContent = data;
};
worker.postMessage({
  backend: adapter ? 'webgpu' : 'cpu',
  hours: [[0.5], [0.75], [1], [1.25], [1.5], [1.75], [2], [2.25], [2.5], [3], [3.25], [4]],
  passed: [0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1],
});
