import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { rateLimitNames, rateLimitSchema } from "./atlas/rate-limits.ts";
import { editSchema } from "./edits.ts";
import type { Emulator } from "./emulator.ts";
import { faultSchema } from "./faults.ts";

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost)(:\d+)?$/i;

/**
 * `/_emulator/…`: everything that `Emulator` can do, as JSON, for other processes. It asks for no credential, since the
 * emulator listens on loopback only; a web page that the user happens to have open reaches loopback too, so requests
 * with an `Origin`, and those that came by another host name (DNS rebinding), are refused.
 */
export function adminApp(emulator: Emulator): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>().basePath("/_emulator");
  app.use(async (context, next) => {
    if (context.req.header("origin") !== undefined || !LOOPBACK_HOST.test(context.req.header("host") ?? "")) {
      return context.json({ error: "the admin endpoint is for local programs, not for web pages" }, 403);
    }
    await next();
  });
  app.onError((error, context) => {
    const status = error instanceof HTTPException ? error.status : 400;
    return context.json({ error: error instanceof z.ZodError ? z.prettifyError(error) : error.message }, status);
  });
  app.notFound((context) => context.json({ error: `no ${context.req.method} ${context.req.path}` }, 404));

  app.get("/world", (context) => context.json(emulator.world()));
  app.post("/edits", async (context) => {
    return context.json({ id: emulator.edit(editSchema.parse(await context.req.json())) });
  });
  app.post("/reset", (context) => {
    emulator.reset();
    return context.json({});
  });

  app.get("/requests", (context) => context.json(emulator.requests()));
  app.delete("/requests", (context) => {
    emulator.clearRequests();
    return context.json({});
  });

  app.get("/faults", (context) => context.json(emulator.faults()));
  app.post("/faults", async (context) => {
    return context.json({ id: emulator.inject(faultSchema.parse(await context.req.json())) }, 201);
  });
  app.delete("/faults", (context) => {
    emulator.clearFaults();
    return context.json({});
  });
  app.delete("/faults/:id", (context) => {
    if (!emulator.clearFault(context.req.param("id"))) throw new HTTPException(404, { message: "no such fault" });
    return context.json({});
  });

  app.post("/clock", async (context) => {
    const { advanceMs } = z.strictObject({ advanceMs: z.number().nonnegative() }).parse(await context.req.json());
    emulator.advanceClock(advanceMs);
    return context.json({ now: emulator.now().toISOString() });
  });
  const rateLimitName = z.enum(rateLimitNames);
  app.put("/rate-limits/:name", async (context) => {
    const name = rateLimitName.parse(context.req.param("name"));
    emulator.setRateLimit(name, rateLimitSchema.parse(await context.req.json()));
    return context.json({});
  });
  app.delete("/rate-limits/:name", (context) => {
    emulator.setRateLimit(rateLimitName.parse(context.req.param("name")), undefined);
    return context.json({});
  });
  return app;
}
