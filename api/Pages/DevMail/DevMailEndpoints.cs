using Campaigns.Worker.Mail.Folder;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.Pages.DevMail;

/// <summary>
/// Shows the letters of the folder transport to a developer. Letters contain secret links, so only
/// a browser on this machine gets them. Their HTML is untrusted, so a sandbox without scripts and
/// network shows it.
/// </summary>
public static class DevMailEndpoints
{
    private const int Most = 20;

    private const string ListPolicy =
        "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    // A link opens a new tab outside the sandbox, because the product's pages refuse to be framed.
    private const string LetterPolicy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        + "sandbox allow-popups allow-popups-to-escape-sandbox";

    /// <summary>
    /// To be mapped in Development and with the folder transport only. <paramref name="folder"/> is
    /// the folder of its <c>.eml</c> files.
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
            new { Letters = Files(folder).Take(Most).Select(FolderLetter.Read).ToList(), Folder = folder }
        );
    }

    private static IResult Show(string name, HttpResponse response, string folder)
    {
        // Looked up in the list of files, so that no name can leave the folder.
        if (Files(folder).FirstOrDefault(file => Path.GetFileNameWithoutExtension(file.Name) == name) is not { } file)
            return PageResults.NotFound();
        response.Headers.ContentSecurityPolicy = LetterPolicy;
        return Results.Content(
            FolderLetter.Read(file).Html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.Ordinal),
            "text/html; charset=utf-8"
        );
    }

    /// <summary>Newest first, because names are ids that grow with time.</summary>
    private static IEnumerable<FileInfo> Files(string folder) =>
        Directory.Exists(folder)
            ? new DirectoryInfo(folder).GetFiles("*.eml").OrderByDescending(file => file.Name, StringComparer.Ordinal)
            : [];
}
