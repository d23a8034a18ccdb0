namespace Campaigns.Worker.Mail.Compose;

/// <summary>How the product and the outside name a letter.</summary>
/// <param name="Id">The id of its row, for logs and for the mail folder on this machine.</param>
/// <param name="Public">For headers and the envelope: ASCII letters and digits that reveal nothing
/// of the id.</param>
public sealed record LetterName(long Id, string Public);
