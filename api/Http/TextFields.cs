using Campaigns.Signatures;

namespace Campaigns.Api.Http;

/// <summary>Reads what staff wrote for others to read: lines and paragraphs.</summary>
internal static class TextFields
{
    private const string Reason = "reason";
    private const int MostReason = 200;

    /// <summary>
    /// One line of text; null when missing or invalid. An invalid line adds an error.
    /// </summary>
    public static string? Line(this JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed
            ? fields.Errors.ValueOf(CampaignFields.Line(typed, most), fields.Path(name))
            : null;

    /// <inheritdoc cref="CampaignFields.Prose"/>
    public static string? Prose(this JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed
            ? fields.Errors.ValueOf(CampaignFields.Prose(typed, most), fields.Path(name))
            : null;

    /// <inheritdoc cref="CampaignFields.Address"/>
    public static string? Address(this JsonFields fields, string name) =>
        fields.String(name) is { } typed
            ? fields.Errors.ValueOf(CampaignFields.Address(typed), fields.Path(name))
            : null;

    /// <summary>
    /// A body that has only the <c>reason</c> why staff do something: one line without an address,
    /// because it is kept.
    /// </summary>
    public static Outcome<string> ReadReason(JsonFields fields)
    {
        var reason = fields.Only(Reason).ReadReasonField();
        return fields.Errors.ToRefusal() is { } refusal ? refusal : reason!;
    }

    /// <summary>The field <c>reason</c>; null when it is missing or refused.</summary>
    public static string? ReadReasonField(this JsonFields fields)
    {
        var reason = fields.Line(Reason, MostReason);
        if (reason is null && !fields.Errors.Has(Reason))
            fields.Errors.Add(Reason, $"Give a reason of 1 to {MostReason} characters, without personal data.");
        else if (reason?.Contains('@') == true)
            fields.Errors.Add(Reason, "Give a reason without an e-mail address, because it is kept.");
        return reason;
    }

    /// <summary>A body that has only the <c>email</c> that staff search.</summary>
    public static Outcome<EmailAddress> ReadEmail(JsonFields fields) => fields.Only("email").Email("email");

    /// <summary>An e-mail address.</summary>
    public static Outcome<EmailAddress> Email(this JsonFields fields, string name)
    {
        var typed = fields.String(name);
        if (fields.Errors.ToRefusal() is { } wrongType)
            return wrongType;
        var (email, problem) = EmailAddress.Parse(typed);
        return email is null ? Refusal.Validation(name, problem!) : email;
    }
}
