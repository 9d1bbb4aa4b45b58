// A conforming provider for the tests: node provider.mjs PORT ADDRESS-OF-REMBUK. Everybody signs in as whoever they type.
import crypto from "node:crypto";
import Provider from "oidc-provider";

const [port, rembuk] = process.argv.slice(2);
const people = {
  budi: {
    name: "Budi Siregar", preferred_username: "198503122010011007", email: "budi.siregar@contoh.go.id",
    email_verified: true, unit: "/opd/dinas-kesehatan", realm_access: { roles: ["offline_access", "rembuk-kurator"] },
  },
  sari: { name: "Sari", preferred_username: "sari", email: "sari@contoh.go.id", email_verified: true },
  ani: { name: "Ani", preferred_username: "ani", email: "ani@contoh.go.id", email_verified: false },
};

const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "pertama", use: "sig", alg: "RS256" }] },
  clients: [
    {
      client_id: "rembuk",
      client_secret: "rahasia+klien/untuk:uji",
      redirect_uris: [`${rembuk}/masuk/sso/kembali`],
      post_logout_redirect_uris: [`${rembuk}/keluar/selesai`],
      backchannel_logout_uri: `${rembuk}/masuk/sso/keluar`,
      backchannel_logout_session_required: true,
    },
  ],
  claims: {
    openid: ["sub", "realm_access", "unit"],
    profile: ["name", "preferred_username"],
    email: ["email", "email_verified"],
  },
  cookies: { keys: [crypto.randomBytes(24).toString("hex")] },
  features: { backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true }, devInteractions: { enabled: true } },
  // It refuses to call addresses of this machine; ours is one.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  pkce: { required: () => true },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
});
provider.on("server_error", (ctx, error) => console.error("server_error", error));
for (const event of ["authorization.error", "grant.error", "backchannel.error", "end_session.error"]) {
  provider.on(event, (...about) => console.error(event, ...about.filter((item) => item instanceof Error).map((e) => e.error_detail ?? e.message ?? e)));
}
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
