import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Emulator, startEmulator } from "../../provider/emulator/index.ts";
import { FEDERATION, ORG, PROJECT } from "../support/ids.ts";
import { testFolder } from "../support/program.ts";
import { commentServer, gitlabJobs, Machine, NOT_RUN, runGitlabJob, runWorkflow, workflow } from "./pipeline.ts";

const WORKFLOWS = ["preview", "up", "drift"];
const SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository && github.token || ''";

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

/** What GitHub puts in, for a pull request from a branch of the repository or from a fork. */
function expressionsOf(from: "branch" | "fork"): Record<string, string> {
  const given = Object.entries(secrets).map(([key, value]) => [`secrets.${key}`, from === "branch" ? value : ""]);
  return {
    ...Object.fromEntries(given),
    "github.event.pull_request.number": "7",
    [SAME_REPOSITORY]: from === "branch" ? "t" : "",
  };
}

test("GitHub: a preview stands in one comment, which the next one rewrites, also when it is refused", async () => {
  const emulator = await startPlane();
  const comments = await commentServer();
  const machine = await Machine.start(await testFolder(), {
    MONGODB_ATLAS_BASE_URL: emulator.url,
    GITHUB_API_URL: comments.url,
    GITHUB_REPOSITORY: "octo-org/octo-repo",
  });
  const first = await runWorkflow("preview", machine, expressionsOf("branch"));
  expect(first.exitCode, first.output).toBe(0);
  expect(comments.ours()).toEqual([expect.stringMatching(/^<!-- mongofed preview of prod -->\n.*4 to create/s)]);
  expect(comments.requests.at(-1)).toBe("POST /repos/octo-org/octo-repo/issues/7/comments");
  expect(emulator.world().atlas.databaseUsers).toEqual([]);

  const config = join(machine.checkout, "Pulumi.prod.yaml");
  const broken = (await readFile(config, "utf8")).replace(/owner: .*/, "owner: octo org");
  await writeFile(config, broken);
  const refused = await runWorkflow("preview", machine, expressionsOf("branch"));
  expect(refused.exitCode, refused.output).not.toBe(0);
  expect(comments.ours()).toEqual([expect.stringContaining("error: FED")]);
  expect(comments.requests.at(-1)).toBe("PATCH /repos/octo-org/octo-repo/issues/comments/100");
});

test("GitHub: a pull request from a fork is previewed without any secret, and asks nobody", async () => {
  const emulator = await startPlane();
  const comments = await commentServer();
  const machine = await Machine.start(await testFolder(), {
    MONGODB_ATLAS_BASE_URL: emulator.url,
    GITHUB_API_URL: comments.url,
    GITHUB_REPOSITORY: "octo-org/octo-repo",
  });
  const preview = await runWorkflow("preview", machine, expressionsOf("fork"));
  expect(preview.exitCode, preview.output).toBe(0);
  const summary = await readFile(join(machine.checkout, "summary.md"), "utf8");
  expect(summary).toMatch(/4 to create/);
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

  const [provider] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
  emulator.edit({ edit: "update-identity-provider", id: provider?.id ?? "", fields: { description: "Bob was here" } });
  const drift = await runWorkflow("drift", github, expressionsOf("branch"));
  expect(drift.exitCode, drift.output).not.toBe(0);
  expect(drift.output).toContain('live "Bob was here"');

  const gitlab = await Machine.start(service, { ...base, ...secrets });
  const thread = {
    CI_API_V4_URL: `${comments.url}/api/v4`,
    CI_PROJECT_ID: "42",
    CI_MERGE_REQUEST_IID: "7",
    COMMENT_TOKEN: "t",
  };
  const preview = await runGitlabJob("preview", gitlab, thread);
  expect(preview.exitCode, preview.output).toBe(0);
  expect(comments.ours()).toEqual([expect.stringContaining("Bob was here")]);
  expect(comments.requests.at(-1)).toBe("POST /api/v4/projects/42/merge_requests/7/notes");
  const refused = await runGitlabJob("preview", gitlab, { ...thread, STACK: "no name" });
  expect(refused.exitCode, "of the preview, not of what it is piped to").not.toBe(0);
  expect((await runGitlabJob("drift", gitlab, {})).exitCode).not.toBe(0);
  const back = await runGitlabJob("up", gitlab, {});
  expect(back.exitCode, back.output).toBe(0);
  const [put] = emulator.world().atlas.federations.flatMap(({ identityProviders }) => identityProviders);
  expect(put?.description).toBe("Jobs of GitHub Actions");
});

test("a comment is no more than text, whatever a preview says, and never longer than GitHub takes", async () => {
  const comments = await commentServer();
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
  expect(comments.ours()).toEqual([expect.stringMatching(/\n`{5}\n````\n@everybody look here\n`{5}\n$/)]);
  await write("x".repeat(100_000));
  expect(comments.ours()).toEqual([expect.stringContaining("The rest is in the log")]);
  expect(comments.ours()[0]?.length).toBeLessThan(65_536);
  expect(comments.requests.at(-1)).toBe("PUT /projects/42/merge_requests/7/notes/100");
});

test("one run at a time changes a stack, pull requests run no foreign code with secrets, and only pulumi sees these", async () => {
  const files = await Promise.all(WORKFLOWS.map(workflow));
  const [preview, up, drift] = files;
  expect(up?.concurrency).toEqual({ group: "prod", "cancel-in-progress": false });
  expect(drift?.concurrency).toEqual(up?.concurrency);
  expect(preview?.on).toBe("pull_request");
  const { job } = await gitlabJobs();
  expect([job("up").resource_group, job("drift").resource_group]).toEqual(["$STACK", "$STACK"]);
  for (const { env, run = "" } of files.flatMap(({ jobs }) => Object.values(jobs)).flatMap(({ steps }) => steps)) {
    const secret = Object.values(env ?? {}).some((value) => String(value).includes("secrets."));
    expect(secret, run).toBe(run.includes("pulumi "));
  }
});

test("nothing is named as not run that is not there", async () => {
  const steps = (await Promise.all(WORKFLOWS.map(workflow))).flatMap(({ jobs }) => Object.values(jobs));
  const { file } = await gitlabJobs();
  const there = [
    ...steps.flatMap(({ steps }) => steps.map(({ uses, run }) => uses ?? run)),
    ...file.default.before_script,
  ];
  expect(NOT_RUN.filter((command) => !there.includes(command))).toEqual([]);
});
