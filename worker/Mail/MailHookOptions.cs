namespace Campaigns.Worker.Mail;

/// <summary>
/// The section <c>Mail:Hooks</c>: whose reports are believed. A provider whose setting is empty has
/// no hook.
/// </summary>
public sealed class MailHookOptions
{
    /// <summary>The topic (ARN) to which Amazon SES publishes.</summary>
    public string SnsTopic { get; set; } = "";

    /// <summary>
    /// A PEM file with the certificate of Amazon SNS; empty to fetch it from Amazon.
    /// </summary>
    public string SnsCertificate { get; set; } = "";

    /// <summary>The key of Mailgun that signs webhooks.</summary>
    public string MailgunSecret { get; set; } = "";

    /// <summary>The password in the address of Postmark's webhooks.</summary>
    public string PostmarkSecret { get; set; } = "";

    /// <summary>True if a provider reports.</summary>
    public bool TakesReports => SnsTopic.Length + MailgunSecret.Length + PostmarkSecret.Length > 0;
}
