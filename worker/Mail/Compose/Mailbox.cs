using System.Text;
using Campaigns.Signatures;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// One address with an optional name, safe for an SMTP command and a header. Text that could end a
/// line, begin another header or add a recipient never becomes a mailbox.
/// </summary>
public sealed record Mailbox
{
    private Mailbox(string name, string local, string domain, string typed) =>
        (Name, Local, Domain, Typed) = (name, local, domain, typed);

    /// <summary>The display name; empty where there is none.</summary>
    public string Name { get; }

    public string Local { get; }

    /// <summary>In lower-case ASCII (Punycode).</summary>
    public string Domain { get; }

    /// <summary>As the signer wrote it.</summary>
    public string Typed { get; }

    /// <summary>In the form for SMTP commands.</summary>
    public string Address => $"{Local}@{Domain}";

    /// <summary>True when only a server with SMTPUTF8 (RFC 6531) accepts it.</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Local);

    /// <summary>Null when the text is no address that mail can be sent to.</summary>
    public static Mailbox? FromAddress(string text) =>
        EmailAddress.Parse(text).Address is { } address
            ? new Mailbox("", address.Local, address.Domain, address.Typed)
            : null;

    /// <summary>
    /// A sender as an operator writes it: <c>Name &lt;address&gt;</c>, <c>"Name, quoted"
    /// &lt;address&gt;</c> or a bare address. The host may lack a dot (<c>petitions@localhost</c>).
    /// Null when the text is not a sender.
    /// </summary>
    public static Mailbox? Parse(string text)
    {
        text = text.Trim();
        var open = text.EndsWith('>') ? text.LastIndexOf('<') : -1;
        if (open < 0)
            return Sender("", text);
        var name = text[..open].Trim();
        var unquoted = name.StartsWith('"') ? Unquote(name) : name;
        return unquoted is null || unquoted.Any(char.IsControl) ? null : Sender(unquoted, text[(open + 1)..^1].Trim());
    }

    private static Mailbox? Sender(string name, string address)
    {
        if (EmailAddress.Parse(address).Address is { } full)
            return new Mailbox(name, full.Local, full.Domain, full.Typed);
        const string suffix = ".localdomain";
        return EmailAddress.Parse(address + suffix).Address is { } local
            ? new Mailbox(name, local.Local, local.Domain[..^suffix.Length], local.Typed[..^suffix.Length])
            : null;
    }

    private static string? Unquote(string quoted)
    {
        var name = new StringBuilder();
        for (var at = 1; at < quoted.Length; at++)
        {
            if (quoted[at] == '"')
                return at == quoted.Length - 1 ? name.ToString() : null;
            if (quoted[at] == '\\' && ++at == quoted.Length)
                return null;
            name.Append(quoted[at]);
        }
        return null;
    }
}
