using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Explorer.Chain;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Hosting;

/// <summary>What is not a page: colours, the way from a place in a block to its transaction, the faucet.</summary>
public static class SiteActions
{
    private const int GiftDpn = 100;

    public static void Map(WebApplication site)
    {
        site.MapPost("/theme", (Delegate)SetThemeAsync);
        site.MapGet("/block/{number:long}/tx/{place:int}", GoToTransactionAsync);
        site.MapPost("/faucet", GiveAsync);
    }

    private static async Task<IResult> SetThemeAsync(HttpContext http)
    {
        IFormCollection form = await http.Request.ReadFormAsync();
        string theme = form["to"] == "dark" ? "dark" : "light";
        http.Response.Cookies.Append("theme", theme, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            IsEssential = true,
            MaxAge = TimeSpan.FromDays(365),
        });
        return Results.LocalRedirect(BackOf(form["back"].ToString()));
    }

    // Only an address of this site: a stranger's link must not send a visitor elsewhere.
    private static string BackOf(string back) =>
        back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.Contains('\\', StringComparison.Ordinal)
            && Uri.TryCreate(back, UriKind.Relative, out _) ? back : "/";

    private static async Task<IResult> GoToTransactionAsync(long number, int place, Site site)
    {
        if (!site.IsReady) return Results.Redirect($"/block/{Math.Max(0, number)}");
        JsonNode? found = number < 0 || place < 0 ? null : await site.Node.CallAsync(
            "eth_getTransactionByBlockNumberAndIndex", site.Cancelled, Hex.Quantity((ulong)number), Hex.Quantity((ulong)place));
        return Results.Redirect(found?["hash"]?.GetValue<string>() is { } hash ? $"/tx/{hash}" : $"/block/{Math.Max(0, number)}");
    }

    private static async Task<IResult> GiveAsync(HttpContext http, Site site)
    {
        if (!site.IsReady || !site.Chain.Identity.IsDevelopment) return Results.NotFound();
        IFormCollection form = await http.Request.ReadFormAsync();
        if (!Address.TryParse(form["to"].ToString().Trim(), out Address to)) return Results.Redirect("/faucet?wrong=1");
        try
        {
            JsonNode? hash = await site.Node.CallAsync(
                "dev_faucet", site.Cancelled, to.ToString(), Hex.Quantity(Amount.FromDpn(GiftDpn).Wei));
            return Results.Redirect($"/faucet?sent={hash?.GetValue<string>()}");
        }
        catch (Exception trouble) when (trouble is NodeRefusedException or NodeUnreachableException)
        {
            return Results.Redirect("/faucet?refused=1");
        }
    }
}
