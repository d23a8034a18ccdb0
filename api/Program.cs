using Campaigns.Api;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Options;

try
{
    var app = CampaignApp.Build(args);
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (error is StartRefusedException or KeysRefusedException or OptionsValidationException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
