import { z } from "zod";
import { defineFields, shapeOf } from "./fields.ts";
import { grantedRoleSchema } from "./roles.ts";

const wishSchema = z
  .string()
  .regex(
    /^[A-Za-z]+( +(on +)?\S.*)?$/s,
    'expected an action and what it is on: "find app.orders", "insert app", "serverStatus cluster"',
  );

export const tokenExpectationFields = defineFields({
  accepted: {
    schema: z
      .union([z.literal(true), z.string().min(1)], "expected true, or the name of the identity provider")
      .optional(),
    description: "The server accepts the token: through any identity provider (`true`), or through this one.",
    example: true,
  },
  refused: {
    schema: z
      .union(
        [z.literal(true), z.string().regex(/^FED\d{3}$/)],
        "expected true, or the code of a finding, such as FED103",
      )
      .optional(),
    description: "The server refuses the token: for any reason (`true`), or for the reason with this code.",
    example: "FED103",
  },
  principal: {
    schema: z.string().optional(),
    description: "The value of the user claim, without a prefix.",
    example: "ada@example.com",
  },
  roles: {
    schema: z.array(grantedRoleSchema).optional(),
    description: "The granted roles, exactly these, without the roles that they inherit. `[]`: none.",
    example: ["readWrite@app"],
  },
  rolesAtLeast: {
    schema: z.array(grantedRoleSchema).optional(),
    description: "Some of the granted or inherited roles.",
    example: ["read@app"],
  },
  can: {
    schema: z.array(wishSchema).optional(),
    description:
      "The permitted actions: an action of MongoDB, `read` or `write`, and a collection, a database or the cluster.",
    example: ["find app.orders", "write app.orders"],
  },
  cannot: {
    schema: z.array(wishSchema).optional(),
    description: "The denied actions. With a database: on no collection of it. Without a place: nowhere.",
    example: ["write", "find billing"],
  },
});

/** The expected result of a token. Only what is given is checked. */
export const tokenExpectationSchema = shapeOf(tokenExpectationFields).superRefine(
  ({ accepted, refused, can, ...rest }, context) => {
    const custom = (message: string, ...path: PropertyKey[]) => context.addIssue({ code: "custom", path, message });
    if (accepted !== undefined && refused !== undefined) custom("a token is accepted or refused, not both");
    const ofAccepted = Object.entries({ can, ...rest }).filter(([, value]) => value !== undefined);
    if (refused !== undefined && ofAccepted.length > 0) custom(`a token that is refused has no ${ofAccepted[0]?.[0]}`);
    for (const [index, wish] of (can ?? []).entries()) {
      if (!wish.includes(" ")) custom(`"${wish}" says no place: add a collection, a database or cluster`, "can", index);
    }
  },
);
export type TokenExpectation = z.output<typeof tokenExpectationSchema>;
