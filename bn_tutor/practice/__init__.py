"""The quiz: questions from a lesson's graph, judging, feedback, schedule, progress. Nothing here prints."""
