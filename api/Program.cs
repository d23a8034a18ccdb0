using Campaigns.Api;
using Campaigns.Api.Commands;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Options;

// Needs nothing of this installation, not even its settings.
if (args is ["verify", .. var rest]) return VerifyCommand.Run(rest, Console.Out);

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
