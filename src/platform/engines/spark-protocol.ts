/**
 * What is used of Spark Connect's protocol (spark/connect/base.proto and what it imports, Spark 3.5 and later): messages
 * with their field numbers, as @grpc/proto-loader reads them, and their types. Answers skip fields that are not named.
 */
const message = (fields: Readonly<Record<string, readonly [type: string, id: number, rule?: string]>>) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, ...(rule && { rule }) }]),
  ),
});
/** An argument of a query: a map's value. */
const argumentsById = (id: number) => ({ keyType: 'string', type: 'Expression', id });

const session = { session_id: ['string', 1], user_context: ['UserContext', 2] } as const;

export const sparkConnect = {
  nested: {
    spark: {
      nested: {
        connect: {
          nested: {
            UserContext: message({ user_id: ['string', 1] }),
            Plan: message({ root: ['Relation', 1] }),
            Relation: message({ sql: ['SQL', 10] }),
            SQL: { fields: { query: { type: 'string', id: 1 }, named_arguments: argumentsById(4) } },
            Expression: message({ literal: ['Literal', 1] }),
            Literal: message({ string: ['string', 13] }),
            ExecutePlanRequest: message({
              ...session,
              plan: ['Plan', 3],
              client_type: ['string', 4],
              operation_id: ['string', 6],
            }),
            ExecutePlanResponse: message({
              arrow_batch: ['ArrowBatch', 2],
              execution_progress: ['ExecutionProgress', 18],
            }),
            ArrowBatch: message({ row_count: ['int64', 1], data: ['bytes', 2] }),
            ExecutionProgress: message({ stages: ['StageInfo', 1, 'repeated'] }),
            StageInfo: message({ num_tasks: ['int64', 2], num_completed_tasks: ['int64', 3] }),
            AnalyzePlanRequest: message({ ...session, spark_version: ['SparkVersion', 10] }),
            SparkVersion: message({ version: ['string', 1] }),
            AnalyzePlanResponse: message({ spark_version: ['SparkVersion', 8] }),
            ConfigRequest: message({ ...session, operation: ['ConfigOperation', 3] }),
            ConfigOperation: message({ set: ['ConfigSet', 1] }),
            ConfigSet: message({ pairs: ['KeyValue', 1, 'repeated'] }),
            KeyValue: message({ key: ['string', 1], value: ['string', 2] }),
            ConfigResponse: message({}),
            InterruptRequest: message({ ...session, interrupt_type: ['int32', 4], operation_id: ['string', 6] }),
            InterruptResponse: message({}),
            ReleaseSessionRequest: message(session),
            ReleaseSessionResponse: message({}),
            SparkConnectService: {
              methods: {
                ExecutePlan: {
                  requestType: 'ExecutePlanRequest',
                  responseType: 'ExecutePlanResponse',
                  responseStream: true,
                },
                AnalyzePlan: { requestType: 'AnalyzePlanRequest', responseType: 'AnalyzePlanResponse' },
                Config: { requestType: 'ConfigRequest', responseType: 'ConfigResponse' },
                Interrupt: { requestType: 'InterruptRequest', responseType: 'InterruptResponse' },
                ReleaseSession: { requestType: 'ReleaseSessionRequest', responseType: 'ReleaseSessionResponse' },
              },
            },
          },
        },
      },
    },
  },
};

/** InterruptRequest.InterruptType.INTERRUPT_TYPE_OPERATION_ID */
export const interruptOperation = 3;

export interface ExecutePlanResponse {
  readonly arrow_batch?: { readonly data: Uint8Array };
  readonly execution_progress?: {
    readonly stages?: readonly { readonly num_tasks?: number; readonly num_completed_tasks?: number }[];
  };
}

type Call<T> = (request: object, done: (error: Error | null, answer: T) => void) => void;

/** The service as @grpc/grpc-js makes it. */
export interface SparkConnectService {
  ExecutePlan(request: object): AsyncIterable<ExecutePlanResponse> & { cancel(): void };
  readonly AnalyzePlan: Call<{ readonly spark_version?: { readonly version: string } }>;
  readonly Config: Call<object>;
  readonly Interrupt: Call<object>;
  readonly ReleaseSession: Call<object>;
  close(): void;
}

/** The packages @grpc/grpc-js and @grpc/proto-loader, as far as they are used. */
export interface Grpc {
  loadPackageDefinition(definition: object): {
    readonly spark: {
      readonly connect: {
        readonly SparkConnectService: new (
          address: string,
          credentials: object,
          options: object,
        ) => SparkConnectService;
      };
    };
  };
  readonly credentials: { createInsecure(): object };
}
export interface ProtoLoader {
  fromJSON(json: object, options: object): object;
}
