import * as grpc from "@grpc/grpc-js";
import type { Finding } from "../../../schema/finding.ts";
import { phrase, word } from "../../../schema/phrase.ts";
import type { Report, Subject } from "../../../schema/report.ts";
import type { Kind } from "../../../schema/resources.ts";
import { errorText } from "../../findings.ts";
import { checkedOptions, optionFindings } from "../../presets/preset.ts";
import { subjectPhrase } from "../../reports.ts";
import {
  type Context,
  type Created,
  type DeclaredContext,
  IncompleteError,
  type Props,
} from "../../resources/definition.ts";
import { refuse, reportOnce } from "../../resources/findings.ts";
import { boundPlane } from "../../resources/state/plane-binding.ts";
import { type Declaration, finding } from "../../rules/index.ts";
import { currentRun } from "../../run-scope.ts";
import type { TokenMaterial } from "../../tokens/index.ts";
import type { ServedResource } from "../shared/resources.ts";
import { digestedTokens, materialsOf, TOKEN_MATERIALS } from "../shared/sample-tokens.ts";
import { withWholeReference } from "../shared/whole-reference.ts";
import { changesBetween, type PropertyChange, pathText } from "./detailed-diff.ts";
import { Any, Empty, providerMessages, type Struct, statusMessages } from "./messages.ts";
import {
  DYNAMIC_ENTRY,
  foundProps,
  lackingOutputs,
  lookupOf,
  nameIn,
  previewedOutputs,
  recordedOutputs,
  resourceOf,
  wholeOutputs,
  withoutEntry,
} from "./resources.ts";
import { Run } from "./run.ts";
import { SECRET_SETTINGS, settingFindings } from "./settings.ts";
import { pluginTerms } from "./terms.ts";
import { findingText } from "./texts.ts";
import { judgeTokens, textsOfTokens } from "./token-check.ts";
import { type Received, received, secretTexts, sent, withoutSecrets } from "./values.ts";

const { CheckFailure, CheckResponse, ConfigureResponse, CreateResponse, DiffResponse, ErrorResourceInitFailed } =
  providerMessages;
const { InvokeResponse, PropertyDiff, ReadResponse, UpdateResponse } = providerMessages;

type Message<Name extends keyof typeof providerMessages> = InstanceType<(typeof providerMessages)[Name]>;

/** Answers the engine over the definitions of the core. One process serves one provider resource. */
export class Handlers {
  readonly #run = new Run();
  /** The ids of the existing objects that declarations will adopt, by URN. */
  readonly #adopted = new Map<string, string | undefined>();

  connect(engineAddress: string): void {
    this.#run.log.connect(engineAddress);
  }

  // The provider itself

  checkConfig(request: Message<"CheckRequest">): Message<"CheckResponse"> {
    const { props, secrets } = received(request.getNews());
    const response = new CheckResponse();
    // Secrets of the stack configuration arrive in plain text.
    const marked = Object.keys(props).filter((key) => SECRET_SETTINGS.has(key));
    response.setInputs(sent(props, [...secrets, ...marked.map((key) => [key])]));
    response.setFailuresList(settingFindings(props).map((one) => failure(findingText(one))));
    return response;
  }

  /** Other settings are an update: a replaced provider would replace all of its resources. */
  diffConfig(request: Message<"DiffRequest">): Message<"DiffResponse"> {
    const { props: olds } = received(request.getOldInputs() ?? request.getOlds());
    const { props: news } = received(request.getNews());
    const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
    const changed = keys.filter((key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]));
    const response = new DiffResponse();
    const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
    response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList(changed);
    return response;
  }

  configure(request: Message<"ConfigureRequest">): Message<"ConfigureResponse"> {
    this.#run.configure(received(request.getArgs()).props, request.getName() ?? "mongofed");
    const response = new ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    return response;
  }

  async cancel(): Promise<InstanceType<typeof Empty>> {
    await this.#run.end();
    return new Empty();
  }

  // Resources

  async check(request: Message<"CheckRequest">): Promise<Message<"CheckResponse">> {
    const urn = request.getUrn();
    const resource = resourceOf(urn);
    const { definition, kind } = resource;
    const name = nameIn(urn);
    const { given, materials, news, mask } = givenIn(kind, received(request.getNews()));
    return await this.#answer(urn, "check", news, async () => {
      const { declared } = this.#run;
      const declaration = declared.declare(
        kind,
        urn,
        name,
        withoutSecrets({ props: given, secrets: news.secrets }),
        news.dependencies?.identityProvider,
      );
      const context = this.#run.context(urn, this.#declaredAs(urn, news), { mask });
      const olds = withoutEntry(received(request.getOlds()).props);
      const { inputs, findings, adopts } = await definition.check(context, olds, withoutEntry(given));
      const own = declared
        .findings(declaration)
        .filter((one) => !findings.some(({ code, path }) => code === one.code && String(path) === String(one.path)));
      const all = [...own, ...findings];
      const errors = all.filter(({ severity }) => severity === "error");
      const tokens = kind === "TokenCheck" && errors.length === 0 ? await this.#judge(urn, declaration, materials) : [];
      errors.push(...tokens.filter(({ severity }) => severity === "error"));
      this.#run.tell(
        [...all, ...tokens].filter(({ severity }) => severity !== "error"),
        urn,
        mask,
      );
      this.#adopted.set(urn, adopts);
      const subject = definition.subject(given, context);
      if (olds.adopt && !given.adopt) reportOnce(context, `${urn} unprotected`, { type: "unprotected", subject });
      const holdings = this.#run.holdingsOf(definition);
      if (this.#run.hasCredentials && errors.length === 0) {
        const names = holdings.wantedBy(inputs);
        const other = holdings.otherReplacement(context.plane, names, { urn });
        if (other !== undefined) errors.push(passesOn(kind, other.name, name));
        holdings.claim(context.plane, names, { urn, name });
      }
      if (errors.length > 0) this.#run.noteFailure(errors, mask);
      const response = new CheckResponse();
      response.setInputs(sent(inputs, news.secrets));
      response.setFailuresList(errors.map((one) => failure(mask(findingText(one)))));
      return response;
    });
  }

  async #judge(
    urn: string,
    declaration: Declaration,
    materials: Readonly<Record<string, TokenMaterial>>,
  ): Promise<readonly Finding[]> {
    const { unmet, advice, line } = await judgeTokens(this.#run.declared.program, declaration, materials);
    if (line !== undefined && this.#run.memory.notices.firstTime(line))
      this.#run.log.write({ severity: "info", text: line }, urn);
    return [...unmet, ...advice];
  }

  async diff(request: Message<"DiffRequest">): Promise<Message<"DiffResponse">> {
    const urn = request.getUrn();
    const id = request.getId();
    const resource = resourceOf(urn);
    const { definition } = resource;
    const olds = received(request.getOlds());
    const news = received(request.getNews());
    const oldInputs = withoutEntry(received(request.getOldInputs()).props);
    const ignored = request.getIgnorechangesList();
    return await this.#answer(urn, "diff", merged(news, olds), async () => {
      const { declared } = this.#run;
      const declaration = declared.of(urn);
      if (declaration !== undefined) declared.exists(declaration, id);
      const drifted: string[] = [];
      const context = this.#run.context(
        urn,
        { ...this.#declaredAs(urn, news), ignored },
        { mask: masking(merged(news, olds)), onReport: (one) => void drifted.push(...driftedIn(one)) },
      );
      const recorded = recordedOutputs(resource, olds.props);
      const shownValues = withoutSecrets({ props: recorded, secrets: olds.secrets });
      this.#run.noteRecorded({ kind: resource.kind, name: nameIn(urn), values: shownValues, addresses: [urn] }, urn);
      const difference = await definition.diff(context, id, recorded, news.props);
      // Pulumi does not replace a protected resource, and an adopted object that is gone needs no protection.
      const replaces = difference.recreates ? [] : difference.replaces;
      if (replaces.length > 0) this.#refuseAdopted(oldInputs.adopt, definition.subject(recorded, context));
      // A refresh asks too, also for resources that the program no longer declares.
      if (declaration !== undefined) {
        const holdings = this.#run.holdingsOf(definition);
        const names = holdings.namesOf(id, recorded);
        const declarer = { urn, name: declaration.name };
        if (replaces.length > 0) {
          declared.replaces(declaration);
          const other = this.#run.hasCredentials ? holdings.otherClaim(context.plane, names, { urn }) : undefined;
          if (other !== undefined) refuse([passesOn(declaration.kind, declaration.name, other.name)]);
        }
        if (this.#run.hasCredentials && replaces.length > 0)
          holdings.announceReplacement(context.plane, names, declarer);
        // The server assigned the id, so the inputs do not name it.
        else if (this.#run.hasCredentials && definition.idOf?.(news.props) === undefined)
          holdings.claim(context.plane, names.slice(0, 1), declarer);
      }
      const lacking = lackingOutputs(resource, id, { ...news.props, ...olds.props });
      const changes = difference.changes || lacking.length > 0 || DYNAMIC_ENTRY in olds.props;
      const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
      const response = new DiffResponse();
      response.setChanges(changes ? DIFF_SOME : DIFF_NONE);
      response.setReplacesList([...replaces]);
      response.setDeletebeforereplace(difference.deleteBeforeReplace && !difference.recreates);
      if (changes) {
        const shown = changesBetween(oldInputs, news.props);
        const others = [
          ...drifted.map((key): PropertyChange => ({ path: [key], kind: "UPDATE" })),
          ...lacking.map((key): PropertyChange => ({ path: [key], kind: "ADD" })),
          ...replaces.map((key): PropertyChange => ({ path: [key], kind: "UPDATE" })),
        ].filter(
          ({ path: [key] }, index, all) =>
            !shown.some(({ path }) => path[0] === key) && all.findIndex(({ path }) => path[0] === key) === index,
        );
        setDetails(response, replaces, shown, true);
        setDetails(response, replaces, others, false);
      }
      return response;
    });
  }

  async create(request: Message<"CreateRequest">): Promise<Message<"CreateResponse">> {
    const urn = request.getUrn();
    const resource = resourceOf(urn);
    const inputs = received(request.getProperties());
    const response = new CreateResponse();
    if (request.getPreview()) {
      this.#run.notePreview();
      // The id of an object that will be adopted is known.
      response.setProperties(outputsMessage(previewedOutputs(resource, this.#adopted.get(urn), inputs.props), inputs));
      return response;
    }
    return await this.#answer(
      urn,
      "create",
      inputs,
      async () => {
        this.#run.noteWrite();
        const context = this.#writing(urn, inputs);
        const { definition } = resource;
        const holdings = this.#run.holdingsOf(definition);
        for (const id of holdings.kept(context.plane)) context.memory.ownership.keep(id);
        const made = ({ id, outputs }: Created) => holdings.made(context.plane, holdings.namesOf(id, outputs));
        const { id, outputs } = await definition.create(context, inputs.props).catch((error: unknown) => {
          if (error instanceof IncompleteError) made(error);
          throw error;
        });
        made({ id, outputs });
        response.setId(id);
        response.setProperties(outputsMessage(wholeOutputs(resource, id, inputs.props, outputs), inputs));
        return response;
      },
      { resource, inputs },
    );
  }

  /** Serves a refresh, an import by id, and `get` in a program. */
  async read(request: Message<"ReadRequest">): Promise<Message<"ReadResponse">> {
    const urn = request.getUrn();
    const resource = resourceOf(urn);
    const state = received(request.getProperties());
    const given = received(request.getInputs());
    const known = Object.keys(state.props).length > 0 ? state : given;
    return await this.#answer(urn, "read", merged(state, given), async () => {
      const context = this.#run.context(urn, { name: nameIn(urn) }, { mask: masking(merged(state, given)) });
      const found = await resource.definition.read(context, request.getId(), recordedOutputs(resource, known.props));
      const response = new ReadResponse();
      if (found === undefined) return response;
      const { id } = found;
      const isImport = Object.keys(known.props).length === 0;
      const [inputs, outputs] = isImport
        ? [await withWholeReference(context, found.inputs), await withWholeReference(context, found.outputs)]
        : [found.inputs, found.outputs];
      response.setId(id);
      response.setProperties(outputsMessage(wholeOutputs(resource, id, inputs, outputs), merged(state, given)));
      response.setInputs(sent(withoutEntry(inputs), [...given.secrets, ...state.secrets]));
      return response;
    });
  }

  async update(request: Message<"UpdateRequest">): Promise<Message<"UpdateResponse">> {
    const urn = request.getUrn();
    const id = request.getId();
    const resource = resourceOf(urn);
    const inputs = received(request.getNews());
    const response = new UpdateResponse();
    if (request.getPreview()) {
      this.#run.notePreview();
      response.setProperties(outputsMessage(previewedOutputs(resource, id, inputs.props), inputs));
      return response;
    }
    const olds = received(request.getOlds());
    return await this.#answer(
      urn,
      "update",
      merged(inputs, olds),
      async () => {
        this.#run.noteWrite();
        const context = this.#writing(urn, inputs, request.getIgnorechangesList());
        const recorded = recordedOutputs(resource, olds.props);
        const outputs = await resource.definition.update(context, id, recorded, inputs.props);
        response.setProperties(outputsMessage(wholeOutputs(resource, id, inputs.props, outputs), inputs));
        return response;
      },
      { resource, inputs },
    );
  }

  async delete(request: Message<"DeleteRequest">): Promise<InstanceType<typeof Empty>> {
    const urn = request.getUrn();
    const id = request.getId();
    const resource = resourceOf(urn);
    const { definition } = resource;
    const state = received(request.getProperties());
    const { adopt } = received(request.getOldInputs()).props;
    return await this.#answer(urn, "delete", state, async () => {
      this.#run.noteWrite();
      const context = this.#run.context(urn, { name: nameIn(urn) }, { mask: masking(state), definition });
      const outputs = recordedOutputs(resource, state.props);
      const holdings = this.#run.holdingsOf(definition);
      const names = holdings.namesOf(id, outputs);
      const plane = () => boundPlane(context, outputs);
      const by = holdings.holder(plane, names);
      if (by !== undefined) {
        holdings.keep(plane, names);
        context.report({ type: "managed", subject: definition.subject(outputs, context), by: by.name });
        return new Empty();
      }
      this.#refuseAdopted(adopt, definition.subject(outputs, context));
      await definition.delete(context, id, outputs);
      return new Empty();
    });
  }

  // Functions

  async invoke(request: Message<"InvokeRequest">): Promise<Message<"InvokeResponse">> {
    const token = request.getTok();
    const lookup = lookupOf(token);
    const { schema, find } = lookup;
    const name = token.split(":").at(-1) ?? "";
    const asked = received(request.getArgs());
    const response = new InvokeResponse();
    const failures = optionFindings(name, schema, asked.props);
    response.setFailuresList(failures.map((one) => failure(findingText(one))));
    if (failures.length > 0) return response;
    return await this.#run.call(async () => {
      try {
        const found = await find(this.#run.context("").plane(), checkedOptions(name, schema, asked.props));
        response.setReturn(sent(foundProps(lookup, { ...asked.props, ...found }), asked.secrets));
        return response;
      } catch (error) {
        throw serviceError(new Error(masking(asked)(errorTextOf(error)), { cause: error }));
      }
    });
  }

  // Helpers

  /** Pulumi lets no plugin protect a resource, so mongofed itself refuses what `protect` would. */
  #refuseAdopted(adopt: unknown, subject: Subject): void {
    if ((adopt !== true && adopt !== "overwrite") || this.#run.settings.deletesAdopted) return;
    const message = `${word(subjectPhrase(subject), pluginTerms)} was adopted, and would be deleted`;
    refuse([finding("FED239", { message })]);
  }

  #declaredAs(urn: string, { secrets }: Received): DeclaredContext {
    const { declared } = this.#run;
    const declaration = declared.of(urn);
    return {
      name: nameIn(urn),
      secrets: [...new Set(secrets.map(([key]) => String(key)))],
      ...(declaration === undefined ? {} : { related: declared.related(declaration) }),
    };
  }

  #writing(urn: string, inputs: Received, ignored: readonly string[] = []): Context {
    const declared = { ...this.#declaredAs(urn, inputs), ignored };
    return this.#run.context(urn, declared, { mask: masking(inputs) });
  }

  /** Runs a call about a resource, and words what it throws. */
  async #answer<T>(urn: string, operation: string, props: Received, task: () => Promise<T>, kept?: Kept): Promise<T> {
    return await this.#run.call(async () => {
      try {
        return await task();
      } catch (error) {
        const { definition } = resourceOf(urn);
        const subject = definition.subject(props.props, this.#run.context(urn, { name: nameIn(urn) }));
        // The engine leaves out the name of the resource in some of its displays.
        const where = `${word(subjectPhrase(subject), pluginTerms)}, ${operation}`;
        const text = masking(props)(`${errorTextOf(error)}\n  in   ${where}`);
        throw serviceError(error, text, kept);
      }
    });
  }
}

/**
 * The inputs of a declaration. Of the tokens of a check, digests are recorded. A digest is no secret, or no message could
 * name the expectation that is not met; the texts behind it are never printed.
 */
function givenIn(kind: Kind, { props, secrets, ...rest }: Received) {
  const materials = kind === "TokenCheck" ? materialsOf(textsOfTokens(props.tokens)) : {};
  const isMaterial = ([input, , key]: readonly unknown[]) => input === "tokens" && TOKEN_MATERIALS.has(String(key));
  const news = {
    ...rest,
    props,
    secrets: kind === "TokenCheck" ? secrets.filter((path) => !isMaterial(path)) : secrets,
  };
  const given = kind === "TokenCheck" ? { ...props, tokens: digestedTokens(textsOfTokens(props.tokens)) } : props;
  const texts = Object.values(materials).flatMap((texts) => Object.values(texts).map(String));
  const mask = masking(news);
  return { given, materials, news, mask: (text: string) => texts.reduce(withoutText, mask(text)) };
}

function withoutText(text: string, secret: string): string {
  return secret === "" ? text : text.replaceAll(secret, "[secret]");
}

/** The state to keep where an object exists and is incomplete. */
interface Kept {
  readonly resource: ServedResource;
  readonly inputs: Received;
}

function merged(first: Received, second: Received): Received {
  return { props: { ...second.props, ...first.props }, secrets: [...first.secrets, ...second.secrets] };
}

function masking(given: Received): (text: string) => string {
  const secrets = secretTexts(given);
  return (text) => secrets.reduce(withoutText, text);
}

/** FED234: an object passes from one resource to another, and its owner gets another object in the same run. */
function passesOn(kind: Kind, owner: string, other: string): Finding {
  return finding("FED234", {
    message: phrase`${kind} "${other}" would take over the object of ${kind} "${owner}", which gets another one in this run`,
    why: "Pulumi tells a plugin of one resource after the other, so the order of its calls would decide what is deleted.",
  });
}

/** Naming an input would make Pulumi print its value beside the text, secret or not. The path stands in the text. */
function failure(reason: string): InstanceType<typeof CheckFailure> {
  const failed = new CheckFailure();
  failed.setReason(reason);
  return failed;
}

/** A part of `reference` is secret if the input of the same name is. */
function outputsMessage(outputs: Props, { secrets }: Received): Struct {
  const top = secrets.filter((path) => path.length === 1);
  return sent(outputs, [...secrets, ...top.map((path) => ["reference", ...path])]);
}

function driftedIn(report: Report): string[] {
  return report.type === "drift" ? report.changes.map(({ property }) => property) : [];
}

function setDetails(
  response: Message<"DiffResponse">,
  replaces: readonly string[],
  changes: readonly PropertyChange[],
  inputDiff: boolean,
): void {
  const { Kind } = PropertyDiff;
  for (const { path, kind } of changes) {
    const change = new PropertyDiff();
    change.setKind(Kind[replaces.includes(String(path[0])) ? (`${kind}_REPLACE` as const) : kind]);
    change.setInputdiff(inputDiff);
    response.getDetaileddiffMap().set(pathText(path), change);
  }
  if (changes.length > 0) response.setHasdetaileddiff(true);
  response.setDiffsList([...new Set([...response.getDiffsList(), ...changes.map(({ path }) => String(path[0]))])]);
}

function errorTextOf(error: unknown): string {
  return errorText(error, pluginTerms);
}

function serviceError(error: unknown, text = errorTextOf(error), kept?: Kept): Partial<grpc.ServiceError> {
  const debug = currentRun().env.MONGOFED_DEBUG === "1" && error instanceof Error;
  const message = debug ? `${text}\n${error.stack}` : text;
  const metadata = new grpc.Metadata();
  if (error instanceof IncompleteError && kept !== undefined) {
    const { resource, inputs } = kept;
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(outputsMessage(wholeOutputs(resource, error.id, inputs.props, error.outputs), inputs));
    detail.setInputs(sent(inputs.props, inputs.secrets));
    detail.setReasonsList([message]);
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new statusMessages.Status();
    status.setCode(grpc.status.UNKNOWN);
    status.setMessage(message);
    status.addDetails(packed);
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  }
  return Object.assign(new Error(message, { cause: error }), { code: grpc.status.UNKNOWN, details: message, metadata });
}
