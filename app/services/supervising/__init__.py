"""What supervision does (督办): flags followed up, questions, call-backs, records beside the register, file review, leads."""
