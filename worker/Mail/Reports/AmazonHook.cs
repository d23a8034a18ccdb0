using System.Globalization;
using System.Text.Json;
using Campaigns.Letters;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// Notifications of Amazon SES over SNS, signed by Amazon for a topic of ours, each message once.
/// </summary>
internal static class AmazonHook
{
    // SNS tries again for some minutes.
    private static readonly TimeSpan _validFor = TimeSpan.FromHours(1);

    public static async Task<HookMessage> ReadAsync(
        JsonElement body,
        MailOptions mail,
        SnsCertificates certificates,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        if (mail.Hooks.SnsTopic.Length == 0)
            return HookMessage.SwitchedOff;
        if (
            SnsSignature.Read(body) is not { } signature
            // Amazon signs for every topic of every customer.
            || body.Text("TopicArn") != mail.Hooks.SnsTopic
            || !DateTimeOffset.TryParse(
                body.Text("Timestamp"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var at
            )
            || (now - at).Duration() > _validFor
            || body.Text("MessageId") is not { Length: > 0 and <= 200 } id
            || await certificates.FindAsync(body.Text("SigningCertURL"), cancellation) is not { } certificate
            || !signature.IsOf(certificate)
        )
            return HookMessage.Forged;
        return body.Text("Type") switch
        {
            "SubscriptionConfirmation" => new HookMessage(HookState.Subscription, [], null)
            {
                SubscribeUrl = body.Text("SubscribeURL"),
            },
            "Notification" => HookMessage.Genuine("sns " + id, Reports(body.Text("Message"), mail.BounceAddress)),
            _ => HookMessage.Genuine("sns " + id, []),
        };
    }

    private static IReadOnlyList<BounceReport> Reports(string? message, string bounceAddress)
    {
        try
        {
            using var document = JsonDocument.Parse(message ?? "");
            return [.. Reports((JsonElement?)document.RootElement, bounceAddress)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static IEnumerable<BounceReport> Reports(JsonElement? message, string bounceAddress)
    {
        var mail = message?.Field("mail");
        var tag = BounceTag.Find(mail.Text("source"), bounceAddress);
        // The recipient's server writes the report and may name another address in it. This one is what we sent to.
        var address = mail.Items("destination").Select(one => one.Text()).FirstOrDefault();
        var bounce = message?.Field("bounce");
        var complaint = message?.Field("complaint");
        return (message.Text("notificationType") ?? message.Text("eventType")) switch
        {
            "Bounce" => bounce
                .Items("bouncedRecipients")
                .Select(recipient =>
                    BounceReport.FromStatus(StatusOf(bounce, recipient), tag, address)
                ),
            // A reader says with "not-spam" that a provider was wrong.
            "Complaint" when complaint.Text("complaintFeedbackType") != "not-spam" => complaint
                .Items("complainedRecipients")
                .Select(_ => BounceReport.Complaint(tag, address))
                .Take(1),
            _ => [],
        };
    }

    private static string StatusOf(JsonElement? bounce, JsonElement recipient) =>
        recipient.Text("status") is { } status && MailStatus.IsEnhanced(status)
            ? status
            : (bounce.Text("bounceType"), bounce.Text("bounceSubType")) switch
            {
                ("Permanent", "NoEmail") => "5.1.1",
                ("Permanent", "Suppressed" or "OnAccountSuppressionList") => "5.1.1",
                ("Transient", "MailboxFull") => "4.2.2",
                ("Transient", "ContentRejected" or "AttachmentRejected" or "MessageTooLarge") => "",
                ("Transient", _) => "4.0.0",
                _ => "",
            };
}
