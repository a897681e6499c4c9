import { status } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import resourceProto from "@pulumi/pulumi/proto/resource_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import { entryText, typeToken } from "../entry.ts";
import { EXIT_USER_WAS_TOLD, type Host } from "./host.ts";

/**
 * Ends a program that was found wrong. A process exits by the code that says that the user knows why. An inline
 * program cannot exit, and one that rejects is told twice and can hang: so it registers one more resource, whose check
 * fails with the summary, and the engine itself ends the run.
 */
export function endProgram(host: Host, stack: object, summary: string, refuseAll: () => void): void {
  if (host === "process") process.exit(EXIT_USER_WAS_TOLD);
  registerFailing(stack, summary, refuseAll);
}

/**
 * Whether the engine has ended the run, as it should. Then nothing is refused any more: a rejected registration is an
 * unhandled rejection of the whole process, and would fail every other inline program in it.
 */
function engineEnded(error: unknown): boolean {
  const code = (error as { code?: number } | null)?.code;
  return code === status.CANCELLED || code === status.UNAVAILABLE;
}

interface Monitor {
  registerResource(request: resourceProto.RegisterResourceRequest, done: (error: unknown) => void): void;
}

function registerFailing(stack: object, summary: string, done: () => void): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor | undefined;
  if (monitor === undefined) {
    done();
    return;
  }
  const request = new resourceProto.RegisterResourceRequest();
  request.setType(typeToken("Program"));
  request.setName("program");
  request.setCustom(true);
  request.setAcceptsecrets(true);
  request.setObject(structProto.Struct.fromJavaScript({ text: summary, __provider: entryText("Program") }));
  const urn = (stack as { urn?: { promise?(): Promise<string> } }).urn?.promise?.() ?? Promise.resolve("");
  urn.then(
    (parent) => {
      request.setParent(parent);
      monitor.registerResource(request, (error) => {
        if (!engineEnded(error)) done();
      });
    },
    () => done(),
  );
}
