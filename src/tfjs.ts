/**
 * Entry `tfjs-logistic/tfjs`: the fused kernels as a kernel of TensorFlow.js's own backends cpu and webgpu, for those who have
 * tensors of their own. Importing it loads no TensorFlow.js and registers nothing; fits are in the main entry.
 */
export {
  type LogisticInputs,
  type LossAndGradient,
  type LossAndGradientFunction,
  registerFusedKernels,
  type TensorFlowKernels,
} from './backends/tfjs-kernel.ts';
