import { LogisticRegression } from 'tfjs-logistic/browser';

self.onmessage = async ({ data: { backend, hours, passed } }) => {
  const model = await new LogisticRegression({ backend }).fit(hours, passed);
  self.postMessage(JSON.stringify(model, null, 2));
};
