namespace Campaigns.Api.Commands;

/// <summary>The demonstration campaign: the example of 2019, shipped with the product.</summary>
public static class Demonstration
{
    /// <summary>Its facts and figures as JSON; the part <c>campaign</c> is a body for creating it.</summary>
    public static string Json()
    {
        using var stream = typeof(Demonstration).Assembly.GetManifestResourceStream("chechnya-2019.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
