using Campaigns.Bench;

return args switch
{
    ["sign", ..] => await SignScenario.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench -- sign");
    return 2;
}
