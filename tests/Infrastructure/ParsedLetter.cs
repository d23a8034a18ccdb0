using System.Text.Json;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A letter as an independent mail parser reads it: Python's <c>email</c> package in strict mode.
/// </summary>
internal sealed record ParsedLetter(
    Dictionary<string, string> Headers,
    string Text,
    string Html,
    string[] Defects,
    string FromName,
    string FromAddress
)
{
    private const string Script = """
        import email, email.policy, json, sys
        policy = email.policy.default.clone(raise_on_defect=False)
        letter = email.message_from_bytes(sys.stdin.buffer.read(), policy=policy)
        defects = [repr(d) for part in letter.walk() for d in part.defects]
        defects += [name + ': ' + repr(d) for name, value in letter.items() for d in value.defects]
        body = lambda kind: letter.get_body((kind,)).get_content().replace('\r\n', '\n')
        sender = letter['From'].addresses[0]
        json.dump({'Headers': dict((k, str(v)) for k, v in letter.items()),
                   'Text': body('plain'), 'Html': body('html'), 'Defects': defects,
                   'FromName': sender.display_name, 'FromAddress': sender.addr_spec}, sys.stdout)
        """;

    public static async Task<ParsedLetter> ReadAsync(ReadOnlyMemory<byte> letter)
    {
        var (code, output, errors) = await Command.RunAsync(new("python3", ["-c", Script]), letter);
        Assert.True(code == 0, errors);
        return JsonSerializer.Deserialize<ParsedLetter>(output)!;
    }
}
