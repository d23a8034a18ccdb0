using System.Globalization;

namespace Campaigns.Api.Doctor;

internal static class Megabytes
{
    /// <summary>Such as <c>12.5 MB</c>.</summary>
    public static string Text(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB");
}
