namespace HitlReview.Tests;
