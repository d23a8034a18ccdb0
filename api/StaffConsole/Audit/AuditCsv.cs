using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Db.Staff;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.StaffConsole.Audit;

/// <summary>The lines of the audit trail as a table for spreadsheets.</summary>
internal static class AuditCsv
{
    // Read in pages, so that neither a large trail nor a slow client holds a read transaction.
    private const int PageSize = 1_000;

    public static async Task WriteAsync(
        Stream body,
        AuditFilter filter,
        AuditStore audit,
        IStringLocalizer<AuditTexts> texts,
        CancellationToken cancellation
    )
    {
        var table = new CsvTable(
            PageLanguage.Current,
            "id",
            "at",
            "member",
            "staff",
            "action",
            "sentence",
            "campaign",
            "subject",
            "detail"
        );
        IReadOnlyList<AuditEntry> page = [];
        do
        {
            long? after = page.Count > 0 && Ids.TryParse(page[^1].Id, out var last) ? last : null;
            page = audit.List(filter, after, PageSize);
            foreach (var entry in page)
                table.Add(
                    entry.Id,
                    Instant.Text(entry.At),
                    entry.Member,
                    entry.Staff ?? texts["Operator"],
                    entry.Action,
                    texts["Action." + entry.Action] is { ResourceNotFound: false } sentence ? sentence.Value : "",
                    entry.Campaign,
                    entry.Subject,
                    entry.Detail
                );
            await body.WriteAsync(table.Drain(), cancellation);
        } while (page.Count == PageSize);
    }
}
