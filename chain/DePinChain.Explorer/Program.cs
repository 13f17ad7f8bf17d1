using DePinChain.Explorer;
using DePinChain.Explorer.Hosting;

try
{
    ExplorerOptions options = ExplorerOptions.Parse(args);
    return options.Verb switch
    {
        "reindex" => await IndexVerbs.ReindexAsync(options, Console.Out),
        "check" => await IndexVerbs.CheckAsync(options, Console.Out),
        _ => await SiteHost.RunAsync(options, Console.Out),
    };
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync("error: " + wrong.Message);
    return 2;
}
catch (IOException trouble)
{
    await Console.Error.WriteLineAsync("error: " + trouble.Message);
    return 3;
}
