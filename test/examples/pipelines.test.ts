import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Emulator, startEmulator } from "../../provider/emulator/index.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { testFolder } from "../support/program.ts";
import {
  commentServer,
  gitlabJobs,
  Machine,
  NOT_RUN,
  runGitlabJob,
  runWorkflow,
  SAME_REPOSITORY,
  workflow,
} from "./pipeline.ts";

const WORKFLOWS = ["preview", "full-preview", "up", "drift", "access-review"];

async function githubMachine(emulator: Emulator, comments: { readonly url: string }): Promise<Machine> {
  return await Machine.start(await testFolder(), {
    MONGODB_ATLAS_BASE_URL: emulator.url,
    GITHUB_API_URL: comments.url,
    GITHUB_REPOSITORY: "octo-org/octo-repo",
  });
}

async function startPlane(): Promise<Emulator> {
  const orgId = ORG;
  const emulator = await startEmulator({
    seed: {
      organizations: [{ id: orgId, name: "Example", projects: [{ id: PROJECT, name: "example" }] }],
      federations: [{ id: FEDERATION, connectedOrgs: [{ orgId }] }],
      serviceAccounts: [{ clientId: "mdb_sa_id_pipeline", clientSecret: "s".repeat(30) }],
    },
  });
  onTestFinished(() => emulator.close());
  return emulator;
}

const secrets = {
  PULUMI_ACCESS_TOKEN: "t",
  MONGODB_ATLAS_CLIENT_ID: "mdb_sa_id_pipeline",
  MONGODB_ATLAS_CLIENT_SECRET: "s".repeat(30),
};

/** The values of GitHub's expressions for a pull request from a branch of the repository or from a fork. */
function expressionsOf(from: "branch" | "fork"): Record<string, string> {
  const given = Object.entries(secrets).map(([key, value]) => [`secrets.${key}`, from === "branch" ? value : ""]);
  return {
    ...Object.fromEntries(given),
    "github.event.pull_request.number": "7",
    "github.token": "t",
    [SAME_REPOSITORY]: String(from === "branch"),
  };
}

test("GitHub: a preview asks no control plane and stands in one comment, which the next one rewrites", async () => {
  const emulator = await startPlane();
  // Anybody can write the marker.
  const comments = await commentServer(["<!-- mongofed preview of prod (offline) -->\nnothing to see here"]);
  const machine = await githubMachine(emulator, comments);
  const first = await runWorkflow("preview", machine, expressionsOf("branch"));
  expect(first.exitCode, first.output).toBe(0);
  expect(comments.ours()).toEqual([
    expect.stringMatching(/^<!-- mongofed preview of prod \(offline\) -->\n.*not checked until up:.*4 to create/s),
  ]);
  expect(comments.requests.at(-1)).toBe("POST /repos/octo-org/octo-repo/issues/7/comments");
  expect(emulator.requests()).toEqual([]);

  const config = join(machine.checkout, "Pulumi.prod.yaml");
  const broken = (await readFile(config, "utf8")).replace(/owner: .*/, "owner: octo org");
  await writeFile(config, broken);
  const refused = await runWorkflow("preview", machine, expressionsOf("branch"));
  expect(refused.exitCode, refused.output).not.toBe(0);
  expect(comments.ours()).toEqual([expect.stringContaining("error: FED")]);
  expect(comments.requests.at(-1)).toBe("PATCH /repos/octo-org/octo-repo/issues/comments/100");
});

test("GitHub: a full preview asks the control plane, and has a comment of its own", async () => {
  const emulator = await startPlane();
  const comments = await commentServer();
  const machine = await githubMachine(emulator, comments);
  const full = await runWorkflow("full-preview", machine, expressionsOf("branch"));
  expect(full.exitCode, full.output).toBe(0);
  expect(comments.ours()).toEqual([
    expect.stringMatching(
      /^<!-- mongofed preview of prod -->\n\*\*Preview of prod\*\*\n\n\*\*1 program gains access\*\*\n.*4 to create/s,
    ),
  ]);
  expect(comments.ours()[0]).not.toContain("not checked until up:");
  expect(emulator.requests().length).toBeGreaterThan(0);
  expect(emulator.world().atlas.databaseUsers).toEqual([]);
  const requests = comments.requests.length;
  expect((await runWorkflow("full-preview", machine, expressionsOf("fork"))).output).toBe("");
  expect(comments.requests).toHaveLength(requests);
});

test("GitHub: a pull request from a fork is previewed without any secret, and asks nobody", async () => {
  const emulator = await startPlane();
  const comments = await commentServer();
  const machine = await githubMachine(emulator, comments);
  const preview = await runWorkflow("preview", machine, expressionsOf("fork"));
  expect(preview.exitCode, preview.output).toBe(0);
  const summary = await readFile(join(machine.checkout, "summary.md"), "utf8");
  expect(summary).toMatch(/\n```text\n.*4 to create.*\n```\n$/s);
  expect(summary).toContain("asked no control plane");
  expect(emulator.requests()).toEqual([]);
  expect(comments.requests).toEqual([]);
});

// Eight runs of an engine in a row, which a busy machine takes its time for.
test("up does what was merged, the drift check fails on what was changed by hand, and GitLab's files do the same", {
  timeout: 300_000,
}, async () => {
  const emulator = await startPlane();
  const comments = await commentServer();
  const service = await testFolder();
  const base = { MONGODB_ATLAS_BASE_URL: emulator.url };
  const github = await Machine.start(service, base);
  const up = await runWorkflow("up", github, expressionsOf("branch"));
  expect(up.exitCode, up.output).toBe(0);
  expect(emulator.world().atlas.databaseUsers).toMatchObject([{ roles: [{}, {}] }]);
  const calm = await runWorkflow("drift", github, expressionsOf("branch"));
  expect(calm.exitCode, calm.output).toBe(0);

  const reviewed = await runWorkflow("access-review", github, expressionsOf("branch"));
  expect(reviewed.exitCode, reviewed.output).toBe(0);
  expect(reviewed.output).toMatch(/repo:.* \| `github-actions` \| example \|.*pipelines\/prod/);
  expect(await readFile(join(github.checkout, "access.html"), "utf8")).toContain("github-actions");

  const [provider] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
  emulator.edit({ edit: "update-identity-provider", id: provider?.id ?? "", fields: { description: "Bob was here" } });
  const drift = await runWorkflow("drift", github, expressionsOf("branch"));
  expect(drift.exitCode, drift.output).not.toBe(0);
  expect(drift.output).toContain('live "Bob was here"');

  const gitlab = await Machine.start(service, base);
  const thread = {
    CI_API_V4_URL: `${comments.url}/api/v4`,
    CI_PROJECT_ID: "42",
    CI_MERGE_REQUEST_IID: "7",
    COMMENT_TOKEN: "t",
  };
  const preview = await runGitlabJob("preview", gitlab, {});
  expect(preview.exitCode, preview.output).toBe(0);
  const comment = await runGitlabJob("comment", gitlab, thread);
  expect(comment.exitCode, comment.output).toBe(0);
  expect(comments.ours()).toEqual([expect.stringContaining("not checked until up:")]);
  expect(comments.requests.at(-1)).toBe("POST /api/v4/projects/42/merge_requests/7/notes");
  const refused = await runGitlabJob("preview", gitlab, { STACK: "no name" });
  expect(refused.exitCode, "of the preview, not of what it is piped to").not.toBe(0);
  expect((await runGitlabJob("full", gitlab, secrets)).output).toContain("Bob was here");
  const full = await runGitlabJob("full-comment", gitlab, thread);
  expect(full.exitCode, full.output).toBe(0);
  expect(comments.ours()[1]).toContain("**Access does not change**");
  expect((await runGitlabJob("drift", gitlab, secrets)).exitCode).not.toBe(0);
  const back = await runGitlabJob("up", gitlab, secrets);
  expect(back.exitCode, back.output).toBe(0);
  const [put] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
  expect(put?.description).toBe("Jobs of GitHub Actions");
});

test("a comment is no more than text, whatever a preview says, and never longer than GitHub takes", async () => {
  const comments = await commentServer(["<!-- mongofed preview of prod -->\nby somebody else"]);
  const machine = await Machine.start(await testFolder(), {
    CI_API_V4_URL: comments.url,
    CI_PROJECT_ID: "42",
    CI_MERGE_REQUEST_IID: "7",
    COMMENT_TOKEN: "t",
  });
  const write = async (text: string) => {
    await writeFile(join(machine.checkout, "preview.txt"), text);
    const { exitCode, output } = await machine.run("node comment.ts preview.txt prod", {});
    expect(exitCode, output).toBe(0);
  };
  await write("````\n@everybody look here");
  expect(comments.ours()).toEqual([expect.stringMatching(/\n`{5}text\n````\n@everybody look here\n`{5}\n$/)]);
  for (const text of ["x".repeat(100_000), "`".repeat(100_000), `${"`".repeat(30_000)}${"y".repeat(50_000)}`]) {
    await write(text);
    expect(comments.ours()).toEqual([expect.stringContaining("The rest is in the log")]);
    expect(comments.ours()[0]?.length).toBeLessThanOrEqual(65_536);
    const [, fence = "", inside = ""] = /\n\n(`+)text\n([\s\S]*)\n\1\n$/.exec(comments.ours()[0] ?? "") ?? [];
    expect(inside).not.toContain(fence);
    expect(inside.length).toBeGreaterThan(20_000);
  }
  // A pair of surrogates lies where the text is cut.
  for (const before of ["", "z"]) {
    await write(before + "🙂".repeat(50_000));
    expect(comments.ours()[0]?.isWellFormed()).toBe(true);
    expect(comments.ours()[0]).not.toContain("\ufffd");
  }
  await write("a\r````\rb\u001b[31mc\u202ed");
  expect(comments.ours()).toEqual([expect.stringContaining("\n`````text\na\n````\nb\\u{1b}[31mc\\u{202e}d\n`````\n")]);
  expect(comments.requests.at(-1)).toBe("PUT /projects/42/merge_requests/7/notes/100");
});

test("one run at a time changes a stack", async () => {
  const [up, drift] = await Promise.all(["up", "drift"].map(workflow));
  expect(up?.concurrency).toEqual({ group: "prod", "cancel-in-progress": false });
  expect(drift?.concurrency).toEqual(up?.concurrency);
  const { job } = await gitlabJobs();
  expect([job("up").resource_group, job("drift").resource_group]).toEqual(["$STACK", "$STACK"]);
});

describe.each(WORKFLOWS)("the workflow %s", (name) => {
  const jobs = async () => Object.values((await workflow(name)).jobs);

  test("pins every action by commit, and names its version", async () => {
    const text = await readFile(
      new URL(`../../examples/pipelines/.github/workflows/${name}.yml`, import.meta.url),
      "utf8",
    );
    const uses = text.match(/uses: .*/g) ?? [];
    for (const each of uses) expect(each).toMatch(/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(uses.length).toBeGreaterThan(0);
    expect(text).not.toMatch(/curl|wget/);
  });

  test("leaves no token in a checkout", async () => {
    const checkouts = (await jobs()).flatMap(({ steps }) => steps).filter(({ uses }) => uses?.includes("checkout"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) expect(step.with?.["persist-credentials"]).toBe(false);
  });

  test("gives secrets to pulumi only, in a protected environment", async () => {
    for (const { environment, steps } of await jobs()) {
      for (const { env, run = "" } of steps) {
        const secret = Object.values(env ?? {}).some((value) => String(value).includes("secrets."));
        if (secret) expect([run.includes("pulumi "), environment]).toEqual([true, expect.stringMatching(/^p/)]);
      }
    }
  });

  test("gives a token that can write only to a job that runs no code of the pull request", async () => {
    expect((await workflow(name)).permissions).toEqual({ contents: "read" });
    for (const { permissions, steps } of await jobs()) {
      if (permissions?.["pull-requests"] !== "write") continue;
      expect(steps[0]?.with?.ref).toContain("github.event.pull_request.base.sha");
      const commands = steps.map(({ run }) => run ?? "").filter((run) => /\bnpm\b/.test(run));
      expect(commands.filter((run) => run !== "npm ci --ignore-scripts")).toEqual([]);
    }
  });
});

test("GitLab's jobs fetch no script to run it, and secrets are in protected environments", async () => {
  const { file, job } = await gitlabJobs();
  expect(JSON.stringify(file)).not.toMatch(/curl|wget/);
  expect(file.default.image).toMatch(/:\d+\.\d+\.\d+$/);
  expect(job("preview").environment).toBeUndefined();
  for (const name of ["full", "up", "drift", "comment"]) expect(job(name).environment).toBeDefined();
});

test("every action and command that the tests leave out is in one of the files", async () => {
  const steps = (await Promise.all(WORKFLOWS.map(workflow))).flatMap(({ jobs }) => Object.values(jobs));
  const { file } = await gitlabJobs();
  const there = [
    ...steps.flatMap(({ steps }) => steps.map(({ uses, run }) => uses?.split("@")[0] ?? run)),
    ...file.default.before_script,
  ];
  expect(NOT_RUN.filter((command) => !there.includes(command))).toEqual([]);
});
