using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Worker.Mail;

/// <summary>The section <c>Mail</c>: how letters are sent.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>
    /// <c>folder</c> or <c>smtp</c>. Empty means <c>folder</c> in Development. Elsewhere an empty
    /// value refuses the start, because an operator must choose a transport that sends nothing.
    /// </summary>
    public string Transport { get; set; } = "";

    /// <summary>The sender, such as <c>Campaign &lt;petitions@example.org&gt;</c>.</summary>
    public string From { get; set; } = "Campaign <petitions@localhost>";

    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;

    /// <summary><c>starttls</c>, <c>tls</c> (from the first byte) or <c>none</c>.</summary>
    public string Security { get; set; } = MailSecurity.StartTls;

    /// <summary>Empty means that the server requires no sign-in.</summary>
    public string User { get; set; } = "";
    public string Password { get; set; } = "";

    /// <summary>
    /// A mechanism of <see cref="MailAuthentication"/>. Empty means the strongest one with a
    /// password that the server offers.
    /// </summary>
    public string Authentication { get; set; } = "";

    /// <summary>
    /// For <c>xoauth2</c>: a file with the access token, readable by its owner only. Each
    /// connection reads it, so that another program can renew it.
    /// </summary>
    public string TokenFile { get; set; } = "";

    /// <summary>
    /// A PEM file of certificates to trust instead of the machine's roots, for a private authority;
    /// empty for the machine's.
    /// </summary>
    public string TrustedCertificate { get; set; } = "";

    /// <summary>
    /// The address that gets reports of letters, such as <c>bounces@example.org</c>; each letter
    /// has a tag of its own there (<c>bounces+TAG@example.org</c>). Empty: the sender gets them.
    /// </summary>
    public string BounceAddress { get; set; } = "";

    /// <summary>Reports of mail providers over HTTP.</summary>
    public MailHookOptions Hooks { get; set; } = new();

    /// <summary>The envelope sender of a letter; null for the sender itself.</summary>
    internal string? ReturnPath(Func<string> tag) =>
        BounceAddress.Length == 0 || Mailbox.FromAddress(BounceAddress) is not { } address
            ? null
            : $"{address.Local}+{tag()}@{address.Domain}";

    /// <summary>The domain of the sender in ASCII. Throws like <see cref="Sender"/>.</summary>
    public string SenderDomain => Sender.Domain;

    /// <summary>The sender's mailbox. Throws when <see cref="From"/> was not validated.</summary>
    internal Mailbox Sender =>
        Mailbox.Parse(From) ?? throw new InvalidOperationException("Mail:From is not an address.");
}
