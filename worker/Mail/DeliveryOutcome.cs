using Campaigns.Letters;

namespace Campaigns.Worker.Mail;

/// <summary>The outcome of one letter.</summary>
/// <param name="Status">
/// An enhanced status (<c>5.1.1</c>, RFC 3463), a reply code (<c>550</c>) or a fixed word
/// (<c>connection-lost</c>); null when sent. Never the server's own text, which may quote the
/// address.
/// </param>
public sealed record DeliveryOutcome(long LetterId, DeliveryResult Result, string? Status);
