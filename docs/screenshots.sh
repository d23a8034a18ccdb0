#!/usr/bin/env bash
# docs/screenshots.sh: makes the screenshots of README.md in docs/images/. It serves the demonstration campaign
# from a temporary folder, has 2,000 people sign it, and takes the pictures with the Chromium that ./test installs.
set -euo pipefail
cd "$(dirname "$0")/.."
signatures=2000
url=http://localhost:5089

dotnet build tests --nologo -v quiet
driver=$(echo tests/bin/Debug/net*/.playwright)
folder=$(mktemp -d)
settings=("--Data:Directory=$folder/data" "--Keys:Directory=$folder/keys")
server=""
finish() {
  if [ -n "$server" ]; then kill "$server" && wait "$server" || true; fi
  rm -rf "$folder"
}
trap finish EXIT

export ASPNETCORE_ENVIRONMENT=Development
program=$(echo api/bin/Debug/net*/Campaigns.Api.dll)
dotnet "$program" demo --signatures "$signatures" "${settings[@]}" >/dev/null
dotnet "$program" "${settings[@]}" --urls "$url" --PublicUrl=https://petitions.example.org --Limits:Enabled=false \
  --Logging:LogLevel:Default=Warning --Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning &
server=$!

cat > "$folder/pictures.js" <<'JS'
const [driver, url, mail, images] = process.argv.slice(2);
const { chromium } = require(driver + '/package');
const { readdirSync, readFileSync } = require('fs');

const until = async (what, attempt) => {
  for (let tries = 0; tries < 300; tries++) {
    const value = await attempt();
    if (value) return value;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  throw new Error('Waited a minute: ' + what);
};
const confirmLink = address => {
  for (const file of readdirSync(mail)) {
    const letter = readFileSync(`${mail}/${file}`, 'utf8').replace(/=\r?\n/g, '');
    const link = letter.includes(address) && letter.match(/\/confirm\/[A-Za-z0-9_-]{40,}/);
    if (link) return link[0];
  }
};

(async () => {
  await until('the server does not answer', () =>
    fetch(url + '/healthz/ready').then(answer => answer.ok, () => false));
  const browser = await chromium.launch({
    executablePath: process.env.CAMPAIGN_TEST_CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
  });
  const open = (width, height) =>
    browser.newPage({ baseURL: url, locale: 'en', viewport: { width, height }, javaScriptEnabled: false });

  const desktop = await open(1280, 720);
  await desktop.goto('/c/chechnya-2019');
  await desktop.screenshot({ path: images + '/campaign.png' });

  const staff = await open(1280, 800);
  await staff.goto('/staff/sign-in');
  await staff.click('form:has(input[value=administrator]) button');
  await staff.goto('/staff/c/chechnya-2019');
  await staff.screenshot({ path: images + '/overview.png' });
  await staff.goto('/staff/c/chechnya-2019/packets');
  await staff.click('tbody th a');
  await staff.screenshot({ path: images + '/packet.png' });

  const phone = await open(390, 640);
  await phone.goto('/c/chechnya-2019');
  await phone.fill('#email', 'kari@example.org');
  await phone.selectOption('#country', 'NO');
  await phone.check('#disclosure-initials');
  await phone.fill('#name', 'Kari Nordmann');
  await phone.check('[id="consents.sign"]');
  await phone.click('form button[type=submit] >> nth=0');
  await phone.goto(await until('no letter came', () => confirmLink('kari@example.org')));
  await phone.click('form button[type=submit] >> nth=0');
  await phone.screenshot({ path: images + '/confirmed-phone.png' });
  await browser.close();
})().catch(error => { console.error(error); process.exit(1); });
JS
"$driver"/node/linux-*/node "$folder/pictures.js" "$PWD/$driver" "$url" "$folder/data/mail" "$PWD/docs/images"
ls -l docs/images/*.png
