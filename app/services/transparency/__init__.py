"""The log (登记簿): what enters, what is signed, witnesses, proofs."""
