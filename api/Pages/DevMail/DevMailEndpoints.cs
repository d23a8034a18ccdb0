using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.Pages.DevMail;

/// <summary>
/// Lets a newcomer read the letters of the folder transport in a browser. Letters open doors, so
/// this answers nobody but a browser on this very machine; and they are foreign text, so they are
/// shown where they can run and reach nothing.
/// </summary>
public static class DevMailEndpoints
{
    private const int Most = 20;

    private const string ListPolicy =
        "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // A link opens a tab of its own, free of the sandbox: our pages refuse to be framed.
    private const string LetterPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

    /// <summary>
    /// To be mapped in Development and with the folder transport only; <paramref name="folder"/> is
    /// where that writes its <c>.eml</c> files.
    /// </summary>
    public static void MapDevMail(this IEndpointRouteBuilder app, string folder)
    {
        var mail = app.MapGroup("/dev/mail").ExcludeFromDescription().OnThisMachineOnly();
        mail.MapGet("", (HttpResponse response) => List(response, folder));
        mail.MapGet("/{name}", (string name, HttpResponse response) => Show(name, response, folder));
    }

    private static RazorComponentResult<DevMailPage> List(HttpResponse response, string folder)
    {
        response.Headers.ContentSecurityPolicy = ListPolicy;
        return PageResults.Page<DevMailPage>(
            new { Letters = Files(folder).Take(Most).Select(DevLetter.Read).ToList(), Folder = folder }
        );
    }

    private static IResult Show(string name, HttpResponse response, string folder)
    {
        // Looked up among the names there are, so that no name leads out of the folder.
        if (Files(folder).FirstOrDefault(file => Path.GetFileNameWithoutExtension(file.Name) == name) is not { } file)
            return PageResults.NotFound();
        response.Headers.ContentSecurityPolicy = LetterPolicy;
        return Results.Content(
            DevLetter.Read(file).Html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.Ordinal),
            "text/html; charset=utf-8"
        );
    }

    /// <summary>Names are ids that grow with time.</summary>
    private static IEnumerable<FileInfo> Files(string folder) =>
        Directory.Exists(folder)
            ? new DirectoryInfo(folder).GetFiles("*.eml").OrderByDescending(file => file.Name, StringComparer.Ordinal)
            : [];
}
