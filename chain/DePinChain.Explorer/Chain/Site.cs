using DePinChain.Client;
using DePinChain.Explorer.Hosting;
using DePinChain.Indexer.Following;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>What a page needs, fixed for one request: everything on it speaks of the same block.</summary>
public sealed class Site(IndexHost host, AddressBook book, SiteAssets assets, ExplorerOptions options, IHttpContextAccessor access)
{
    private const string ThemeCookie = "theme";
    private LiveChain? _chain;
    private NodeViews? _views;
    private MarkRow? _mark;
    private int _missing;

    /// <summary>Whether the node has answered at all.</summary>
    public bool IsReady => host.Chain is not null;

    public string Waiting => host.Waiting;

    public LiveChain Chain => _chain ??= host.Chain ?? throw new InvalidOperationException("the node has not answered yet");

    public FollowerStatus Status => Chain.Follower.Status;

    public IndexStore Store => Chain.Store;

    /// <summary>The last indexed block as this request found it.</summary>
    public MarkRow Mark => _mark ??= Chain.Mark;

    public long Height => Mark.Height;

    public NodeViews Views => _views ??= new NodeViews(Chain, Height);

    public AddressBook Book => book;

    public SiteAssets Assets => assets;

    public ExplorerOptions Options => options;

    public JsonRpcConnection Node => Chain.Node;

    public HttpContext Http => access.HttpContext ?? throw new InvalidOperationException("no request");

    public CancellationToken Cancelled => Http.RequestAborted;

    /// <summary>light, dark, or nothing for what the browser prefers.</summary>
    public string Theme => Http.Request.Cookies[ThemeCookie] is "light" or "dark" ? Http.Request.Cookies[ThemeCookie]! : "";

    /// <summary>This page's address with one query parameter changed.</summary>
    public string With(string name, string? value)
    {
        var query = new List<KeyValuePair<string, string?>>();
        foreach (KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues> part in Http.Request.Query)
            if (!string.Equals(part.Key, name, StringComparison.Ordinal)) query.Add(new(part.Key, part.Value.ToString()));
        if (value is not null) query.Add(new(name, value));
        return Http.Request.Path + QueryString.Create(query).ToUriComponent();
    }

    /// <summary>A query parameter, cut to a sane length.</summary>
    public string? Query(string name) => Http.Request.Query[name].ToString() is { Length: > 0 and <= 256 } text ? text : null;

    /// <summary>Names of accounts are fresh for what follows.</summary>
    public Task PrepareAsync() => book.RefreshAsync(Chain, Views);

    /// <summary>A governed parameter, if it is a number of at most 64 bits.</summary>
    /// <param name="module">Whose.</param>
    /// <param name="key">As the module spells it.</param>
    /// <param name="height">In the state of this block; of the page's when null.</param>
    public async Task<ulong?> ParameterAsync(string module, string key, long? height = null)
    {
        var all = new Facts(await Node.CallAsync("depin_getParams", Cancelled, Hex.Quantity((ulong)Math.Max(0, height ?? Height))));
        Facts? found = all.Items.FirstOrDefault(one => one.Of("module") == module && one.Of("key") == key);
        return Hex.TryParseQuantity(found?.Of("value"), out UInt256 value) && value.FitsUInt64 ? (ulong)value : null;
    }

    /// <summary>A part of the page says that what was asked for does not exist. A page is first rendered while it still reads, so what
    /// counts is what stands on it when the answer begins.</summary>
    public void SayMissing()
    {
        if (_missing++ > 0 || Http.Response.HasStarted) return;
        HttpContext http = Http;
        http.Response.OnStarting(() =>
        {
            if (_missing > 0) http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }

    /// <summary>That part is gone: the page has read what it shows.</summary>
    public void TakeBackMissing() => _missing--;
}
