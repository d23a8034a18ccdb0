using System.Globalization;
using System.Text;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// <c>READ-ME.txt</c>: how to check a packet with common tools (a shell, OpenSSL, Python) and
/// without this software. Tests run the commands as printed.
/// </summary>
public static class ReadMe
{
    private const string OpenSsl =
        "openssl dgst -sha256 -verify key.der -keyform DER -signature signature.der signed.txt";

    // Converts the raw 64-byte signature of a JWS and the key from the key set to DER, which OpenSSL reads.
    private const string VerifySignature = $$"""
        python3 - <<'EOF'
        import base64, json, subprocess
        def raw(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        def number(part):
            part = part.lstrip(b"\0") or b"\0"
            part = b"\0" + part if part[0] > 127 else part
            return b"\x02" + bytes([len(part)]) + part
        jws = open("manifest.jws").read().strip()
        header, payload, signature = (raw(part) for part in jws.split("."))
        assert payload == open("manifest.json", "rb").read(), "not this manifest"
        key = next(k for k in json.load(open("keys.json"))["keys"] if k["kid"] == json.loads(header)["kid"])
        point = b"\x04" + raw(key["x"]) + raw(key["y"])
        open("key.der", "wb").write(bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + point)
        both = number(signature[:32]) + number(signature[32:])
        open("signature.der", "wb").write(b"\x30" + bytes([len(both)]) + both)
        open("signed.txt", "w").write(jws.rsplit(".", 1)[0])
        subprocess.run("{{OpenSsl}}", shell=True, check=True)
        EOF
        """;

    private const string RecomputeLedger = """
        python3 - <<'EOF'
        import collections, hashlib, json
        manifest = json.load(open("manifest.json"))
        lines = open("ledger.ndjson", "rb").read().splitlines()[:manifest["cutOff"]["size"]]
        def h(data): return hashlib.sha256(data).digest()
        def root(leaves):
            if not leaves: return h(b"")
            if len(leaves) == 1: return leaves[0]
            k = 1
            while 2 * k < len(leaves): k *= 2
            return h(b"\x01" + root(leaves[:k]) + root(leaves[k:]))
        counts = collections.Counter()
        since = manifest.get("since", {"size": 0})
        for line in map(json.loads, lines):
            if line.get("of", line["n"]) >= since["size"]: counts[line["country"]] += 1 if line["type"] == "add" else -1
        leaves = [h(b"\x00" + line) for line in lines]
        assert root(leaves).hex() == manifest["cutOff"]["root"], "another root"
        assert root(leaves[:since["size"]]).hex() == since.get("root", h(b"").hex()), "another earlier root"
        for country, packet in manifest["counts"].items(): assert counts[country] == packet["confirmed"], country
        print("root and counts are right")
        EOF
        """;

    private const string VerifyContainer = """
        openssl cms -verify -binary -inform DER -in META-INF/signature001.p7s \
          -content META-INF/ASiCManifest001.xml -noverify -signer seal.pem -out /dev/null
        python3 - <<'EOF'
        import base64, hashlib, xml.etree.ElementTree as xml
        for f in xml.parse("META-INF/ASiCManifest001.xml").getroot()[1:]:
            digest = base64.b64decode(f.findtext("{http://www.w3.org/2000/09/xmldsig#}DigestValue"))
            same = hashlib.sha256(open(f.get("URI"), "rb").read()).digest() == digest
            print(f.get("URI") + ": " + ("OK" if same else "FAILED"))
        EOF
        """;

    // key.der is from the step that verifies the signature of the manifest.
    private const string CompareKeys = """
        openssl x509 -in seal.pem -noout -pubkey | openssl pkey -pubin -outform DER | cmp - key.der && echo the same key
        """;

    private const string ShowCertificate = """
        openssl x509 -in seal.pem -noout -subject -issuer -fingerprint -sha256
        """;

    private const string VerifyFiles = """
        python3 -c 'import json
        for f in json.load(open("manifest.json"))["files"]: print(f["sha256"] + "  " + f["name"])' | sha256sum -c
        """;

    /// <summary>UTF-8 without a byte order mark, lines ending in LF.</summary>
    public static byte[] Write(PacketWords words, PacketFacts facts)
    {
        var text = new StringBuilder();
        void Say(string sentence) => text.Append(Wrap(sentence)).Append("\n\n");
        void Do(string commands) => text.Append(commands.ReplaceLineEndings("\n")).Append("\n\n");
        void Title(string title) =>
            text.Append(title).Append('\n').Append('-', new StringInfo(title).LengthInTextElements).Append("\n\n");

        text.Append(facts.Text.Title.Trim()).Append("\n\n");
        Say(
            words["read-me.what", facts.PacketId, facts.Organisation, facts.RecipientName, words.Date(facts.CreatedAt)]
        );
        Say(words["read-me.counts"]);
        Say(words["letter.verify.how", $"{facts.PublicUrl}/verify"]);
        Title(words["read-me.files"]);
        Say(words["read-me.files.how"]);
        Do(VerifyFiles);
        Title(words["read-me.signature"]);
        Say(words["read-me.signature.how"]);
        Do($"curl -o keys.json {facts.PublicUrl}/api/keys\n{VerifySignature}");
        Title(words["read-me.ledger"]);
        Say(words["read-me.ledger.how"]);
        Do(
            string.Create(
                CultureInfo.InvariantCulture,
                $"curl -o ledger.ndjson \"{facts.PublicUrl}/api/campaigns/{facts.Slug}/ledger"
                    + $"?from=0&to={facts.CutOff.Size}\"\n{RecomputeLedger}"
            )
        );
        Title(words["read-me.container"]);
        Say(words["read-me.container.how"]);
        Do(VerifyContainer);
        Say(words[facts.HasOwnSeal ? "read-me.container.own" : "read-me.container.key"]);
        Do(facts.HasOwnSeal ? ShowCertificate : CompareKeys);
        Say(words["certificate.limits"]);
        if (facts.CsvGuardedCells is { } guarded)
        {
            Title(PacketNames.Csv);
            Say(words[words.Separator == ';' ? "read-me.csv.semicolon" : "read-me.csv.comma"]);
            Say(words.Count("read-me.csv.guarded", guarded));
        }
        if (facts.HasWorkbook)
        {
            Title(PacketNames.Workbook);
            Say(words["read-me.xlsx"]);
        }
        Title(words["read-me.scripts"]);
        Say(words["read-me.scripts.how"]);
        return Encoding.UTF8.GetBytes(text.ToString().TrimEnd() + "\n");
    }

    // Some text viewers do not wrap lines.
    private static string Wrap(string sentence)
    {
        var lines = new StringBuilder();
        var length = 0;
        foreach (var word in sentence.Split(' '))
        {
            if (length > 0)
                lines.Append(length + word.Length > 88 ? '\n' : ' ');
            length = length > 0 && length + word.Length <= 88 ? length + 1 + word.Length : word.Length;
            lines.Append(word);
        }
        return lines.ToString();
    }
}
