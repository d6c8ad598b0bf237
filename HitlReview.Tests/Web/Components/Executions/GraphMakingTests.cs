using HitlReview.Core;
using HitlReview.Core.Blocks;
using HitlReview.Core.Executions;
using HitlReview.Core.Payloads;
using HitlReview.Tests.Support;
using HitlReview.Web.Components.Executions;

namespace HitlReview.Tests.Web.Components.Executions;

/// <summary>The steps in which a graph is made, without a page.</summary>
public sealed class GraphMakingTests() : UiSpec(new SqliteStore())
{
    BlockRegistry Blocks => Store.Get<BlockRegistry>();

    Block Named(string name) => Blocks.All.First(block => block.Name == name);

    [Fact]
    public void A_step_is_named_after_its_block_and_no_two_have_one_name()
    {
        var draft = GraphMaking.Empty;
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            (draft, var id) = draft.Add(Named("Human In The Loop"));
            ids.Add(id);
        }

        Assert.Equal(["human-in-the-loop", "human-in-the-loop-2", "human-in-the-loop-3"], ids);
        Assert.Equal(ids, draft.Definition.Nodes.Select(node => node.Id));
    }

    [Fact]
    public void A_link_takes_the_place_of_what_was_given_and_goes_with_either_of_its_nodes()
    {
        var (draft, template) = GraphMaking.Empty.Add(Named("Template text"));
        (draft, var file) = draft.Add(Named("Write workspace file"));
        draft = draft.WithInputs(file, JsonText.Trusted("""{"path":"a.md","content":"x"}""")).Join(file, "content", template, "text");
        Assert.Equal("""{"path":"a.md"}""", draft.Node(file)!.InputDefault.Text);
        Assert.Single(draft.Join(file, "content", template, "text").Definition.Links);

        var renamed = draft.Rename(template, "letter");
        Assert.Equal(new GraphLink("letter", "text", file, "content"), Assert.Single(renamed.Definition.Links));
        Assert.Empty(renamed.Remove("letter").Definition.Links);
        Assert.Empty(renamed.Remove(file).Definition.Links);
        Assert.Empty(renamed.Part(renamed.Definition.Links[0]).Definition.Links);
        Assert.Throws<RefusedException>(() => renamed.Rename("letter", file));
        Assert.Throws<RefusedException>(() => renamed.Rename("letter", ""));
    }

    [Fact]
    public void An_input_is_offered_what_fits_first_and_nothing_of_its_own_step()
    {
        var (draft, template) = GraphMaking.Empty.Add(Named("Template text"));
        (draft, var http) = draft.Add(Named("HTTP request"));
        (draft, var file) = draft.Add(Named("Write workspace file"));

        var sources = draft.Sources(file, "content", Blocks);

        Assert.DoesNotContain(sources, source => source.NodeId == file);
        Assert.True(sources.Single(source => source.NodeId == template && source.Pin == "text").Fits);
        Assert.False(sources.Single(source => source.NodeId == http && source.Type == "integer").Fits);
        Assert.Equal(sources.OrderBy(source => source.Fits ? 0 : 1), sources);
    }

    [Fact]
    public void What_is_made_is_given_as_REST_takes_it_and_comes_back_the_same()
    {
        var (draft, ask) = (GraphMaking.Empty with { Name = "Mine" }).Add(Named("Human In The Loop"));
        draft = draft.WithInputs(ask, JsonText.Trusted("""{ "data": 1.0e+2 }"""));

        Assert.Contains("""{ "data": 1.0e+2 }""", draft.ToJson().Text, StringComparison.Ordinal);
        Assert.Contains("\"human_in_the_loop_safe_mode\":true", draft.ToJson().Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_form_of_a_start_asks_for_what_nothing_brings_and_for_nothing_that_a_link_brings()
    {
        var (draft, template) = GraphMaking.Empty.Add(Named("Template text"));
        (draft, var file) = draft.Add(Named("Write workspace file"));
        draft = draft.Join(file, "content", template, "text");

        var schema = GraphMaking.StartOf(draft.Definition, Blocks);

        Assert.NotEmpty(schema.Validate(JsonText.Trusted("{}")));
        Assert.NotEmpty(schema.Validate(JsonText.Trusted(
            $$$"""{"{{{template}}}":{"template":"x"},"{{{file}}}":{"path":"a","content":"y"}}""")));
        Assert.Empty(schema.Validate(JsonText.Trusted($$$"""{"{{{template}}}":{"template":"x"},"{{{file}}}":{"path":"a"}}""")));
    }
}
