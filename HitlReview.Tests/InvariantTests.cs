using System.Reflection;
using HitlReview.Tests.Support;

namespace HitlReview.Tests;

public class InvariantTests
{
    public static TheoryData<int> Numbers { get; } = [.. Enumerable.Range(1, InvariantAttribute.Count)];

    [Theory, MemberData(nameof(Numbers))]
    public void Every_invariant_of_the_design_has_a_test_that_names_it(int number)
    {
        // Only what really runs counts: a test method of a class that isn't abstract.
        var proofs =
            from type in typeof(InvariantTests).Assembly.GetTypes()
            where type is { IsAbstract: false, IsPublic: true }
            from method in type.GetMethods()
            where method.GetCustomAttribute<FactAttribute>() is { Skip: null }
            where method.GetCustomAttributes<InvariantAttribute>().Concat(type.GetCustomAttributes<InvariantAttribute>())
                .Any(i => i.Number == number)
            select $"{type.Name}.{method.Name}";
        Assert.NotEmpty(proofs);
    }

    [Fact]
    public void No_test_names_an_invariant_that_the_design_does_not_have() =>
        Assert.DoesNotContain(
            typeof(InvariantTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
                .SelectMany(method => method.GetCustomAttributes<InvariantAttribute>()),
            i => i.Number is < 1 or > InvariantAttribute.Count);
}
