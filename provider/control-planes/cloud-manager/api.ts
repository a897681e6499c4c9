import type { z } from "zod";
import {
  type AutomationConfigDocument,
  type AutomationGroup,
  type AutomationStatus,
  automationConfigSchema,
  automationGroupSchema,
  automationStatusSchema,
  controlledFeatureSchema,
  readAutomationConfigSchema,
} from "../../../schema/automation-config.ts";
import { type Clock, type HttpClient, type HttpRequest, type HttpResponse, path } from "../../http/index.ts";
import { PlaneApi } from "../plane-api.ts";
import type { ServerName } from "../plane-error.ts";
import { CloudManagerError, toCloudManagerError } from "./errors.ts";

/** A document as it was at one moment. */
export interface Snapshot {
  /** The source, to the byte. */
  readonly text: string;
  readonly document: AutomationConfigDocument;
  /** Counts up with every save; `undefined` if the server does not say. */
  readonly version: number | undefined;
}

/** The operations that the writer needs from a server: read and replace one whole document. */
export interface AutomationConfigServer {
  readonly clock: Clock;
  readonly aborted: boolean;
  read(projectId: string, options?: { readonly look?: boolean }): Promise<Snapshot>;
  /** Replaces the document; answers with the version that it was saved as, if the server says so. Never repeated. */
  replace(projectId: string, text: string): Promise<number | undefined>;
  /** Waits, unless the run was told to stop. */
  pause(ms: number): Promise<void>;
}

/** The API of Cloud Manager and Ops Manager, as far as automation configs need it. */
export class CloudManagerApi extends PlaneApi implements AutomationConfigServer {
  constructor(http: HttpClient, server: ServerName, clock: Clock, signal?: AbortSignal) {
    super(http, server, clock, signal, CloudManagerError);
  }

  /** @param look a look at what an interrupted write has done: it still happens, briefly, when the run is to stop */
  async read(projectId: string, { look = false }: { readonly look?: boolean } = {}): Promise<Snapshot> {
    const operation = `read the automation config of project ${projectId}`;
    const request = {
      operation,
      method: "GET" as const,
      path: path`/api/public/v1.0/groups/${projectId}/automationConfig`,
    };
    const { document, text } = await this.#ask(request, readAutomationConfigSchema, look);
    return { text, document, version: document.version ?? undefined };
  }

  async replace(projectId: string, text: string): Promise<number | undefined> {
    const operation = `replace the automation config of project ${projectId}`;
    const { body } = await this.#send({
      operation,
      method: "PUT",
      path: path`/api/public/v1.0/groups/${projectId}/automationConfig`,
      json: text,
      // A repetition might write over what somebody else has written since.
      retry: "never",
    });
    return automationConfigSchema.safeParse(body).data?.version ?? undefined;
  }

  async status(projectId: string): Promise<AutomationStatus> {
    const operation = `read the automation status of project ${projectId}`;
    const request = {
      operation,
      method: "GET" as const,
      path: path`/api/public/v1.0/groups/${projectId}/automationStatus`,
    };
    return (await this.#ask(request, automationStatusSchema)).document;
  }

  async group(projectId: string): Promise<AutomationGroup> {
    const operation = `read project ${projectId}`;
    const request = { operation, method: "GET" as const, path: path`/api/public/v1.0/groups/${projectId}` };
    return (await this.#ask(request, automationGroupSchema)).document;
  }

  /** The system outside the console that manages the project. */
  async externalSystem(projectId: string): Promise<string | undefined> {
    const operation = `read the feature policies of project ${projectId}`;
    const request = {
      operation,
      method: "GET" as const,
      path: path`/api/public/v1.0/groups/${projectId}/controlledFeature`,
    };
    return (await this.#ask(request, controlledFeatureSchema)).document.externalManagementSystem?.name;
  }

  async #ask<T>(
    request: HttpRequest,
    schema: z.ZodType<T>,
    look = false,
  ): Promise<{ readonly document: T; readonly text: string }> {
    const { body, text } = await this.#send(request, look);
    return { document: this.understood(request.operation, body, schema), text: text ?? "" };
  }

  async #send(request: HttpRequest, look = false): Promise<HttpResponse<unknown>> {
    try {
      return await this.request({ ...request, operation: request.operation.replace(/ [0-9a-f]{24}$/, "") }, look);
    } catch (error) {
      throw toCloudManagerError(error, request.operation, this.server);
    }
  }
}
