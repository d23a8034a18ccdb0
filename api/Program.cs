using Campaigns.Api.Commands;
using Campaigns.Db;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Options;

PrivateFiles.EveryNewFile();
try
{
    return await CommandLine.RunAsync(args, Console.Out, Console.Error);
}
catch (Exception error) when (error is StartRefusedException or KeysRefusedException or OptionsValidationException)
{
    // These messages say what the operator must change. Any other exception is a defect and shows its stack.
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
