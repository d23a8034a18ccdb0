using Campaigns.Api.Http;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>
/// Reads what a signer changes: name, locality and disclosure. A missing field stays, and null
/// clears name or locality (RFC 7396).
/// </summary>
internal static class SignatureChangeParser
{
    public static SignatureChange Read(JsonFields fields) =>
        new(
            ReadDisclosure(fields),
            Name: ReadText(fields, "name", PersonName.Check),
            Locality: ReadText(fields, "locality", Locality.Check)
        );

    /// <summary>
    /// Reads the fields of a page's form; a field that the page does not have stays.
    /// </summary>
    public static Outcome<SignatureChange> Read(IFormCollection form)
    {
        var errors = new FieldErrors();
        Disclosure? disclosure = Disclosures.TryParse(form["disclosure"], out var chosen) ? chosen : null;
        var change = new SignatureChange(
            disclosure,
            Name: ReadText(form, "name", PersonName.Check, errors),
            Locality: ReadText(form, "locality", Locality.Check, errors)
        );
        return errors.ToRefusal() is { } refusal ? refusal : change;
    }

    private static Disclosure? ReadDisclosure(JsonFields fields)
    {
        if (fields.IsNull("disclosure"))
            fields.Errors.Add("disclosure", "This cannot be cleared. Choose count, initials or name.");
        if (fields.String("disclosure") is not { } text)
            return null;
        if (Disclosures.TryParse(text, out var disclosure))
            return disclosure;
        fields.Errors.Add("disclosure", "Choose count, initials or name.");
        return null;
    }

    private static ChangedText? ReadText(JsonFields fields, string name, Func<string?, Canonical> check)
    {
        if (fields.IsNull(name))
            return new ChangedText(null);
        return fields.String(name) is { } typed ? Checked(check(typed), fields.Path(name), fields.Errors) : null;
    }

    private static ChangedText? ReadText(
        IFormCollection form,
        string name,
        Func<string?, Canonical> check,
        FieldErrors errors
    )
    {
        if (!form.TryGetValue(name, out var typed))
            return null;
        return PlainText.IsBlank(typed) ? new ChangedText(null) : Checked(check(typed), name, errors);
    }

    // A blank place is no problem and no value: it clears the place.
    private static ChangedText? Checked(Canonical canonical, string path, FieldErrors errors)
    {
        var value = errors.ValueOf(canonical, path);
        return canonical.Problem is null ? new ChangedText(value) : null;
    }
}
