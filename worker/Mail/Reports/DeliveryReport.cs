using MimeKit;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// A report that a mail server sent to the envelope sender of a letter (RFC 3464). The tag in that
/// address proves that it is about one of our letters; what the report says of addresses does not
/// count.
/// </summary>
public static class DeliveryReport
{
    private static readonly string[] _recipientHeaders = ["Delivered-To", "X-Original-To", "To"];

    /// <summary>
    /// The tags in the addresses that the message went to, of this bounce address. A message that
    /// is none has no tag.
    /// </summary>
    /// <param name="message">The bytes of the message.</param>
    /// <param name="bounceAddress">The setting <c>Mail:BounceAddress</c>.</param>
    /// <param name="cancellation">Stops reading.</param>
    public static async Task<ReceivedReport> ReadAsync(
        Stream message,
        string bounceAddress,
        CancellationToken cancellation
    )
    {
        try
        {
            var mime = await MimeMessage.LoadAsync(message, cancellation);
            return new ReceivedReport(
                [.. _recipientHeaders.SelectMany(name => TagsIn(mime, name, bounceAddress)).Distinct()],
                FindStatus(mime)
            );
        }
        catch (FormatException)
        {
            return ReceivedReport.Nothing;
        }
    }

    private static IEnumerable<string> TagsIn(MimeMessage mime, string header, string bounceAddress) =>
        mime
            .Headers.Where(one => one.Field.Equals(header, StringComparison.OrdinalIgnoreCase))
            .SelectMany(one =>
                InternetAddressList.TryParse(one.Value, out var list)
                    ? list.Mailboxes
                    : Enumerable.Empty<MailboxAddress>()
            )
            .Select(mailbox => BounceTag.Find(mailbox.Address, bounceAddress))
            .OfType<string>();

    // Null for anything but a final failure: a delay is followed by another report.
    private static string? FindStatus(MimeMessage mime)
    {
        var statuses = mime
            .BodyParts.OfType<MessageDeliveryStatus>()
            .SelectMany(part => part.StatusGroups.Skip(1))
            .Where(group => group["Action"]?.Trim().Equals("failed", StringComparison.OrdinalIgnoreCase) == true)
            .Select(group => group["Status"]?.Trim().Split(' ', '(')[0]);
        return statuses.FirstOrDefault(status => status is not null && MailStatus.IsEnhanced(status));
    }
}
