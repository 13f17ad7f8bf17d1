using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Miners.Judging;
using DePinChain.Miners.Links;
using DePinChain.Miners.Serving;
using Microsoft.AspNetCore.Http;

namespace DePinChain.Miners.OpenAi;

/// <summary>What a validator tells on its own machine: where it stands in the epoch, and what it thinks of whom.</summary>
internal static class StatusPage
{
    public static async Task AnswerAsync(HttpContext context, SubnetChain chain, Standing standing, ScoreBook book)
    {
        context.Response.ContentType = "application/json";
        JsonObject body;
        if (!WebHouse.IsLocal(context))
        {
            context.Response.StatusCode = 403;
            body = CompletionShapes.Error(
                "the status is told on the validator's own machine only", "permission_error", "loopback_only", parameter: null);
        }
        else
        {
            body = Describe(chain, standing, book);
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), context.RequestAborted);
    }

    private static JsonObject Describe(SubnetChain chain, Standing standing, ScoreBook book)
    {
        var scores = new JsonArray();
        foreach ((string hotkey, ScoreNote note) in book.Snapshot())
        {
            scores.Add(new JsonObject
            {
                ["hotkey"] = hotkey,
                ["score"] = note.Score,
                ["checked"] = note.Checked,
                ["passed"] = note.Passed,
                ["lastVerdict"] = note.LastVerdict,
            });
        }

        RoundStanding? round = standing.Round;
        return new JsonObject
        {
            ["hotkey"] = chain.Hotkey.ToString(),
            ["netuid"] = chain.Netuid,
            ["head"] = round?.View.Head,
            ["epoch"] = round?.View.EpochIndex,
            ["nextEpochAt"] = round?.View.NextEpochAt,
            ["permit"] = round?.View.HasPermit(chain.Hotkey),
            ["miners"] = round?.Axons.Count,
            ["checks"] = book.Checks,
            ["isChecked"] = round?.IsChecked,
            ["commitEpoch"] = round?.Commit?.Epoch,
            ["commitStage"] = round?.Commit?.Stage.ToString(),
            ["scores"] = scores,
        };
    }
}
