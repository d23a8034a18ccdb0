namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// The headers of a letter to subscribers, so that mail programs offer to unsubscribe (RFC 2369,
/// RFC 2919, RFC 8058).
/// </summary>
/// <param name="Name">A keyed name, which tells nothing of the campaign.</param>
/// <param name="UnsubscribeLink">Where a POST ends the subscription.</param>
public sealed record MailingList(string Name, string UnsubscribeLink)
{
    internal void AppendTo(LetterBuffer content, string domain) =>
        content
            .Append("\r\nList-Id: <"u8)
            .Append(Name)
            .Append("."u8)
            .Append(domain)
            .Append(">\r\nFeedback-ID: "u8)
            .Append(Name)
            .Append(":update:campaign\r\nList-Unsubscribe:\r\n <"u8)
            .Append(UnsubscribeLink)
            .Append(">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"u8);
}
