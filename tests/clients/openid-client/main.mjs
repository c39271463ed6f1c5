// Drives npm's openid-client against the issuer in ISSUER. Exits 0 when all of it works, 1 at the first that does not.
import { confidential } from './confidential.mjs';
import { publicClient } from './public.mjs';
import { variants } from './variants.mjs';

await confidential();
await publicClient();
await variants();
