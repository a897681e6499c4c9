import { z } from "zod";
import { grantedRoleSchema } from "./roles.ts";

const wishSchema = z
  .string()
  .regex(
    /^[A-Za-z]+( +(on +)?\S.*)?$/s,
    'expected an action and what it is on: "find app.orders", "insert app", "serverStatus cluster"',
  );

/** What must become of a token. Whatever is left out is not looked at. */
export const tokenExpectationSchema = z
  .strictObject({
    accepted: z
      .union([z.literal(true), z.string().min(1)], "expected true, or the name of the identity provider")
      .optional()
      .meta({ description: "The token gets in: through any identity provider, or through the one that is named." }),
    refused: z
      .union(
        [z.literal(true), z.string().regex(/^FED\d{3}$/)],
        "expected true, or the code of a finding, such as FED103",
      )
      .optional()
      .meta({
        description: "The server refuses the token: for whatever reason, or for the one that is named by its code.",
      }),
    principal: z.string().optional().meta({ description: "The value of the user claim, without any prefix." }),
    roles: z.array(grantedRoleSchema).optional().meta({
      description: "The roles that are granted: exactly these, not counting those that they inherit. `[]`: none.",
    }),
    rolesAtLeast: z.array(grantedRoleSchema).optional().meta({
      description: "Roles that are granted or inherited, among others.",
    }),
    can: z
      .array(wishSchema)
      .optional()
      .meta({
        description:
          "What the token's owner may do: an action of MongoDB's, or `read` or `write`, and a collection, a database or the cluster.",
        examples: [["find app.orders", "write app.orders"]],
      }),
    cannot: z
      .array(wishSchema)
      .optional()
      .meta({
        description:
          "What the token's owner may not do. On a database: nowhere in it. Without a place: nowhere at all.",
        examples: [["write", "find billing"]],
      }),
  })
  .superRefine(({ accepted, refused, can, ...rest }, context) => {
    const custom = (message: string, ...path: PropertyKey[]) => context.addIssue({ code: "custom", path, message });
    if (accepted !== undefined && refused !== undefined) custom("a token is accepted or refused, not both");
    const ofAccepted = Object.entries({ can, ...rest }).filter(([, value]) => value !== undefined);
    if (refused !== undefined && ofAccepted.length > 0) custom(`a token that is refused has no ${ofAccepted[0]?.[0]}`);
    for (const [index, wish] of (can ?? []).entries()) {
      if (!wish.includes(" ")) custom(`"${wish}" says no place: add a collection, a database or cluster`, "can", index);
    }
  });
export type TokenExpectation = z.output<typeof tokenExpectationSchema>;
