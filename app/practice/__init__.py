"""The place to practise (练习): a whole installation for one trainee, of its own files, under /practice/, gone after a day."""
