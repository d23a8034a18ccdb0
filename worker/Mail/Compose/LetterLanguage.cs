using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>Writes letters in a language.</summary>
internal static class LetterLanguage
{
    /// <summary>A sentence in the language of the thread; throws where there is none.</summary>
    public static string Say(IStringLocalizer sentences, string key, object[] arguments)
    {
        var sentence = sentences[key, arguments];
        return sentence.ResourceNotFound
            ? throw new InvalidOperationException($"There is no sentence {key}.")
            : sentence.Value;
    }

    // Localizers use the culture of the thread, and a worker's thread has no culture of its own.
    public static LetterText In(string locale, Func<LetterText> write)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(locale);
        try
        {
            return write();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
