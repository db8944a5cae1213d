import { runPipelineTests } from "../sync/pipeline-test.ts";
import { type ClientPlace, checkPipelines, loadConfig } from "./client.ts";

export type PipelineTestResult = Awaited<ReturnType<typeof runPipelineTests>>[number];

/** Runs the `tests:` of a client's pipelines, without a network. */
export async function testPipelines(
  place: ClientPlace,
  pipelines?: readonly string[],
): Promise<readonly PipelineTestResult[]> {
  const config = loadConfig(place);
  checkPipelines(config, pipelines);
  return runPipelineTests(config, pipelines);
}
